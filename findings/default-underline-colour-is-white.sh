#!/usr/bin/env bash
# The colour of an underline after a program has asked for the default one again (SGR 59).
#
# Software   @xterm/headless 6.0.0 (xterm.js), the terminal of VS Code. Node 20, npm.
# Guess      `CSI 58 ; 5 ; 1 m` makes underlines red, and `CSI 59 m` takes that back: they have the colour of the
#            text again, as before.
# Behaviour  they become white, whatever the theme is, and stay so until `CSI 0 m`: the default is kept as -1 among
#            bits that mean “red, green and blue” when all are set.
# So         who writes a screen down from xterm's cells finds a colour that nobody has asked for; and who ends an
#            underline of one's own writes `CSI 0 m` or a colour, and not 59. On a white background it does not show.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-save @xterm/headless@6.0.0 >/dev/null
cat >look.cjs <<'JS'
const { Terminal } = require('@xterm/headless');
const terminal = new Terminal({ cols: 20, rows: 2, allowProposedApi: true });
// Underlined; then with a colour; then with the default colour; then anew.
terminal.write('\x1b[4ma\x1b[58;5;1mb\x1b[59mc\x1b[0;4md', () => {
  const line = terminal.buffer.active.getLine(0);
  for (let x = 0; x < 4; x++) {
    const cell = line.getCell(x);
    const rgb = cell.isUnderlineColorRGB() ? `rgb ${cell.getUnderlineColor().toString(16)}` : '';
    console.log(cell.getChars(), cell.isUnderlineColorDefault() ? 'default' : rgb || 'palette');
  }
});
JS
node look.cjs | tee seen
[ "$(cat seen)" = "a default
b palette
c rgb ffffff
d default" ]
echo 'as described'
# Seen, with @xterm/headless 6.0.0:
#   a default
#   b palette
#   c rgb ffffff
#   d default
