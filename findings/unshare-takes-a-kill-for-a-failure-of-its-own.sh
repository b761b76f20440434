#!/usr/bin/env bash
# What unshare(1) ends with when the program that it has forked was ended by a signal.
#
# Software   unshare of util-linux 2.38.1, as Debian 12 packages it. Needs no root.
# Guess      `unshare --fork PROGRAM` ends by the same signal as its child: a shell says 143 for SIGTERM
#            and 137 for SIGKILL.
# Behaviour  so it is for signals that a program can handle. For SIGKILL it ends with 1, after a line of
#            its own: it first resets that signal's handler, as it does for each, which the kernel
#            refuses for SIGKILL and SIGSTOP (signal(2), EINVAL), and takes that for a failure.
# So         from its exit code nobody can tell a container that was killed, or killed for want of
#            memory, from a PROGRAM that ended with 1: that has to be told on another way, or the line
#            be recognized.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download util-linux=2.38.1-5+deb12u3 >/dev/null 2>&1
dpkg -x ./*.deb tools
PATH=$work/tools/usr/bin:$PATH

ends() { # SIGNAL: exit code and last words of unshare whose child ends by it
  status=0
  # shellcheck disable=SC2016 # for the shell inside
  said=$(unshare --user --map-root-user --fork sh -c 'kill -"$1" $$' sh "$1" 2>&1) || status=$?
  echo "$status${said:+, $said}"
}
unshare --version
term=$(ends TERM) int=$(ends INT) kill=$(ends KILL)
printf '%s\n' "SIGTERM: $term" "SIGINT: $int" "SIGKILL: $kill"
[ "$term" = 143 ]
[ "$int" = 130 ]
[ "$kill" = '1, unshare: sigprocmask unblock failed: Invalid argument' ]
echo 'as described'
# Seen on Linux 6.18:
#   unshare from util-linux 2.38.1
#   SIGTERM: 143
#   SIGINT: 130
#   SIGKILL: 1, unshare: sigprocmask unblock failed: Invalid argument
#   as described
