#!/usr/bin/env bash
# How long a PID namespace takes to end when a process that was sent into it is still unreaped outside.
#
# Software   Linux 6.18; nsenter and unshare of util-linux 2.38.1, as Debian 12 packages it.
# Guess      when PID 1 of a PID namespace is killed, the kernel kills what is left in it, and PID 1 is
#            gone: whoever waits for PID 1 hears of it at once. A zombie holds nothing up anywhere else.
# Behaviour  PID 1's exit waits until the namespace is empty, zombies included. A process that entered
#            from outside (setns(2) and fork(2), as `nsenter` and every `exec` of a runtime do) has a
#            parent outside, and while that parent does not reap it, PID 1 stays in its exit and cannot
#            be reaped either: the container looks alive, and no signal ends it.
# So         who sends processes into a PID namespace reaps them without delay, before it waits for the
#            end of the namespace; who waits for that end looks for zombies with parents outside.
# shellcheck disable=SC2317 # called by trap, or by name
set -euo pipefail
work=$(mktemp -d)
pids=()
clean_up() {
  for pid in "${pids[@]}"; do kill -KILL "$pid" || true; done
  rm -rf "$work"
} 2>/dev/null
trap clean_up EXIT
cd "$work"
apt-get download util-linux=2.38.1-5+deb12u3 >/dev/null 2>&1
dpkg -x ./*.deb tools
PATH=$work/tools/usr/bin:$work/tools/bin:$PATH

state() { awk '/^State:/ { print $2 }' "/proc/$1/status" 2>/dev/null || echo gone; }
eventually() { # CONDITION...: waits for it, at most ten seconds
  for _ in $(seq 200); do
    "$@" && return
    sleep 0.05
  done
  return 1
}
is_zombie() { [ "$(state "$1")" = Z ]; }
child_of() { pgrep --parent "$1" || true; }
has_child() { [ -n "$(child_of "$1")" ]; }

unshare --user --map-root-user --pid --fork sleep 600 &
pids+=($!)
eventually has_child "${pids[0]}"
init=$(child_of "${pids[0]}")
nsenter --target "$init" --user --pid --preserve-credentials sleep 601 &
pids+=($!)
eventually has_child "${pids[1]}"
entered=$(child_of "${pids[1]}")
kill -STOP "${pids[1]}" # a parent that is busy: it reaps nobody meanwhile

kill -KILL "$init"
eventually is_zombie "$entered"
result=0
# The end of PID 1 would take a moment: it gets two seconds.
for _ in $(seq 40); do
  [ "$(state "$init")" != Z ] && [ "$(state "$init")" != gone ] || result=1
  sleep 0.05
done
echo "Linux $(uname -r), $(unshare --version)"
echo "two seconds after SIGKILL, with the zombie unreaped: PID 1 is in state $(state "$init")"
kill -CONT "${pids[1]}"
wait "${pids[1]}" || true
status=0
wait "${pids[0]}" || status=$?
echo "once it is reaped: PID 1 is $(state "$init"), and unshare has ended with $status"
[ "$(state "$init")" = gone ] || result=1
[ "$result" = 0 ] && echo 'as described'
exit "$result"
# Seen on Linux 6.18:
#   unshare from util-linux 2.38.1
#   two seconds after SIGKILL, with the zombie unreaped: PID 1 is in state S
#   once it is reaped: PID 1 is gone, and unshare has ended with 1
#   as described
