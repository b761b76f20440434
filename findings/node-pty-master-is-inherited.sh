#!/usr/bin/env bash
# A terminal that node-pty has open, and the other programs that the same Node process starts.
#
# Software   node-pty 1.2.0-beta.15 (the version in VS Code 1.139), Node 20.
# Guess      Node opens every descriptor close-on-exec, so a program that child_process starts has 0, 1
#            and 2 and what its `stdio` names.
# Behaviour  the master of each open terminal is not close-on-exec: every program that is started later
#            has it too, as /dev/ptmx. The kernel hangs a terminal up when its last master is closed, so
#            such a program keeps it from that as long as it runs.
# So         open the master once more through /proc/self/fd (Node's own open sets the flag) and close
#            node-pty's, or start long-lived programs before any terminal.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts node-pty@1.2.0-beta.15 >/dev/null
cat >look.cjs <<'JS'
const { execFileSync } = require('node:child_process');
const pty = require('node-pty');
const masters = () =>
  execFileSync('ls', ['-l', '/proc/self/fd'], { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .split('\n')
    .filter((line) => /\/ptmx$/.test(line)).length;
const before = masters();
const terminals = [1, 2].map(() => pty.spawn('sleep', ['60'], {}));
const during = masters();
for (const terminal of terminals) process.kill(terminal.pid, 'SIGKILL');
console.log(`masters that ls has: ${before} without a terminal, ${during} with two`);
process.exit(before === 0 && during === 2 ? 0 : 1);
JS
echo "node-pty $(node -p "require('node-pty/package.json').version"), Node $(node --version)"
node look.cjs
echo 'as described'
# Seen on Linux 6.18:
#   node-pty 1.2.0-beta.15, Node v20.20.2
#   masters that ls has: 0 without a terminal, 2 with two
#   as described
