#!/usr/bin/env bash
# What a combining mark joins after a wide character that did not fit into the row.
#
# Software   @xterm/headless 6.0.0 (xterm.js), the terminal of VS Code. Node 20, npm.
# Guess      with wraparound off (DECAWM, `CSI ? 7 l`) a wide character is dropped where one column is
#            left. The mark behind it joins the character before, which keeps its one column.
# Behaviour  the mark does join the character before, and that becomes two columns wide, as the dropped one
#            was: its cell says 2, and the next cell is an ordinary blank, no second half. The widths of the
#            row add up to one column more than it has.
# So         who writes a screen down cell by cell looks whether a wide cell has its second half.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts @xterm/headless@6.0.0 >/dev/null
cat >look.cjs <<'JS'
const { Terminal } = require('@xterm/headless');
const cols = 4;
const widths = (output) =>
  new Promise((resolve) => {
    const terminal = new Terminal({ cols, rows: 1, allowProposedApi: true });
    terminal.write(output, () => {
      const line = terminal.buffer.active.getLine(0);
      resolve(Array.from({ length: cols }, (_, x) => line.getCell(x).getWidth()));
    });
  });
(async () => {
  console.log(`@xterm/headless ${require('@xterm/headless/package.json').version}`);
  const cases = {
    'a mark': 'xxx\u0301',
    'a wide character that is dropped': '\x1b[?7lxxx\u6f22',
    'the same, and a mark': '\x1b[?7lxxx\u6f22\u0301',
    'a wide character that fits': 'xx\u6f22',
  };
  for (const [what, output] of Object.entries(cases)) console.log(`  ${what}: ${await widths(output)}`);
})();
JS
node look.cjs | tee said
grep -qx '  a mark: 1,1,1,1' said
grep -qx '  a wide character that is dropped: 1,1,1,1' said
grep -qx '  the same, and a mark: 1,1,2,1' said
grep -qx '  a wide character that fits: 1,1,2,0' said
echo 'as described'
# Seen:
#   @xterm/headless 6.0.0
#     a mark: 1,1,1,1
#     a wide character that is dropped: 1,1,1,1
#     the same, and a mark: 1,1,2,1
#     a wide character that fits: 1,1,2,0
#   as described
