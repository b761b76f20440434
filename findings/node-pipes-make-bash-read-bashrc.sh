#!/usr/bin/env bash
# What bash reads before it runs, where Node.js has started it with a pipe for its standard input.
#
# Software   bash 5.2.15, as Debian 12 packages it; Node 20.
# Guess      `bash -c` is neither interactive nor a login: it reads no file of the person's, and a pipe for its
#            input changes nothing of that.
# Behaviour  what Node calls a pipe is a socket (socketpair(2), AF_UNIX). bash takes a socket on descriptor 0 for
#            a remote shell daemon and reads ~/.bashrc, also for `-c`. With an ordinary pipe, with no input, and
#            where SHLVL is 1 or more (so the caller's shell usually hides it) it reads nothing.
# So         an editor's extension host or a service, which nobody's shell has started, sets SHLVL=1 for a bash
#            that it starts with a pipe, or has it do what ~/.bashrc says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download bash=5.2.15-2+b13 >/dev/null 2>&1
dpkg -x ./bash_*.deb tools
echo 'echo read ~/.bashrc' >.bashrc
cat >look.cjs <<'JS'
const { spawnSync } = require('node:child_process');
const [, , bash, home] = process.argv;
const run = (what, stdin, env) => {
  const options = { stdio: [stdin, 'pipe', 'inherit'], env: { HOME: home, PATH: process.env.PATH, ...env } };
  const { stdout } = spawnSync(bash, ['-c', 'echo ran'], options);
  console.log(`${what}: ${stdout.toString().trim().replaceAll('\n', ', ').replaceAll(home, '~')}`);
};
console.log(`node ${process.version}`);
run('pipe', 'pipe', {});
run('pipe, SHLVL=1', 'pipe', { SHLVL: '1' });
run('ignore', 'ignore', {});
JS
"tools/bin/bash" --version | head -n 1
{
  node look.cjs "$work/tools/bin/bash" "$work"
  : | env -i HOME="$work" PATH="$PATH" tools/bin/bash -c 'echo "a pipe of pipe(2): ran"'
} | tee said
grep -qx 'pipe: read ~/.bashrc, ran' said
grep -qx 'pipe, SHLVL=1: ran' said
grep -qx 'ignore: ran' said
[ "$(grep -c 'read ~/.bashrc' said)" = 1 ]
grep -qx 'a pipe of pipe(2): ran' said
echo 'as described'
# Seen on Linux 6.18:
#   GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)
#   node v20.20.2
#   pipe: read ~/.bashrc, ran
#   pipe, SHLVL=1: ran
#   ignore: ran
#   a pipe of pipe(2): ran
#   as described
