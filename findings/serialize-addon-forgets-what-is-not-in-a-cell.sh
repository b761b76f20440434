#!/usr/bin/env bash
# A terminal that is restored from what @xterm/addon-serialize wrote down.
#
# Software   @xterm/headless 6.0.0 and @xterm/addon-serialize 0.14.0, from npm.
# Guess      the restored terminal goes on as the first one would: what a program prints next lands in the same cells, for
#            the addon writes down cells, cursor and modes.
# Behaviour  it writes down the modes that it knows (insert, no wrap, application cursor), and is silent about others that
#            decide where the next character goes: the scroll region, the saved cursor, tab stops, the character set
#            (a box that a program goes on drawing becomes letters), newline mode. Nothing says that they were lost.
# So         who brings a terminal back while its program goes on keeps these beside, or repeats the output itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @xterm/headless@6.0.0 @xterm/addon-serialize@0.14.0
cat >look.js <<'END'
const { Terminal } = require('@xterm/headless');
const { SerializeAddon } = require('@xterm/addon-serialize');
const write = (terminal, text) => new Promise((done) => terminal.write(text, done));
const open = () => new Terminal({ cols: 20, rows: 6, allowProposedApi: true });
const textOf = ({ buffer: { active } }) =>
  Array.from({ length: active.length }, (_, at) => active.getLine(at).translateToString(true)).join('|').replace(/\|+$/, '');
/** What came before, and what the program prints next. */
const cases = {
  'insert mode': ['abc\x1b[1;1H\x1b[4h', 'x'],
  'no wrap': ['\x1b[?7l', 'twenty-five letters or so'],
  'scroll region': ['\x1b[2;4r\x1b[4;1H', 'a\r\nb\r\nc'],
  'saved cursor': ['\x1b[2;5H\x1b7\x1b[1;1H', '\x1b8x'],
  'tab stops': ['\x1b[3g', '\tx'],
  'character set': ['\x1b(0', 'lqk'],
  'newline mode': ['\x1b[20h', 'a\nb'],
};
(async () => {
  for (const [name, [before, next]] of Object.entries(cases)) {
    const [first, restored, addon] = [open(), open(), new SerializeAddon()];
    first.loadAddon(addon);
    await write(first, before);
    await write(restored, addon.serialize());
    await write(first, next);
    await write(restored, next);
    const [wanted, found] = [textOf(first), textOf(restored)];
    console.log(`${name}: ${wanted === found ? 'the same' : `“${wanted}” has become “${found}”`}`);
  }
})();
END
node look.js | tee seen
[ "$(cat seen)" = 'insert mode: the same
no wrap: the same
scroll region: “|a|b|c” has become “|||a|b|c”
saved cursor: “|    x” has become “x”
tab stops: “                   x” has become “        x”
character set: “┌─┐” has become “lqk”
newline mode: “a|b” has become “a| b”' ]
echo 'as described'
# Seen:
#   insert mode: the same
#   no wrap: the same
#   scroll region: “|a|b|c” has become “|||a|b|c”
#   saved cursor: “|    x” has become “x”
#   tab stops: “                   x” has become “        x”
#   character set: “┌─┐” has become “lqk”
#   newline mode: “a|b” has become “a| b”
