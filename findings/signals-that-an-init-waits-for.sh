#!/usr/bin/env bash
# Whether an init program hears a signal, asked of /proc/PID/status.
#
# Software   Linux 6.18; tini 0.19.0, as Debian 12 packages it.
# Guess      a process that takes SIGTERM from sigtimedwait(2) has blocked it, as the manual page asks, so
#            SigBlk of proc_pid_status(5) shows it. With SigBlk, SigCgt and SigIgn one knows who hears what.
# Behaviour  while a process waits in sigtimedwait(2), SigBlk lacks the very signals that it waits for:
#            the kernel keeps the real mask elsewhere until the call returns. SigCgt has none of them
#            either, because there is no handler. Such an init looks as if SIGTERM had no effect on it,
#            and as PID 1 (whom the kernel spares the default action) as if it were deaf.
# So         the masks do not show that a process is deaf to a signal: also look at what it waits in
#            (/proc/PID/syscall), or send the signal and wait.
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
apt-get download tini=0.19.0-1+b3 >/dev/null 2>&1
dpkg -x ./*.deb tools

term=$((1 << 14)) # SIGTERM is 15
has() { # PID FIELD: whether SIGTERM is in that mask
  mask=$(awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/status")
  [ $((0x$mask & term)) = 0 ] && echo no || echo yes
}
# Only as PID 1 of its namespace is it an init.
start() { # NAME COMMAND...
  local name=$1
  shift
  unshare --user --map-root-user --pid --fork --kill-child "$@" >/dev/null 2>&1 &
  pids+=($!)
  for _ in $(seq 200); do
    pid=$(pgrep --parent "$!" || true)
    [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm")" = "$name" ] &&
      [ "$(cut -d' ' -f1 "/proc/$pid/syscall")" = 128 ] && return
    sleep 0.05
  done
  echo "$name does not wait in rt_sigtimedwait" >&2
  exit 2
}
result=0
report() {
  echo "$1: SIGTERM in SigBlk $(has "$pid" SigBlk), SigCgt $(has "$pid" SigCgt), SigIgn $(has "$pid" SigIgn)"
  for field in SigBlk SigCgt SigIgn; do [ "$(has "$pid" "$field")" = no ] || result=1; done
}
echo "Linux $(uname -r)"
start tini-static tools/usr/bin/tini-static -- sleep 60
report tini
kill -TERM "$pid"
status=0
wait "${pids[-1]}" || status=$?
echo "tini hears SIGTERM all the same, hands it to sleep, and ends with $status"
[ "$status" = 143 ] || result=1
[ "$result" = 0 ] && echo 'as described'
exit "$result"
# Seen on Linux 6.18, tini 0.19.0:
#   tini: SIGTERM in SigBlk no, SigCgt no, SigIgn no
#   tini hears SIGTERM all the same, hands it to sleep, and ends with 143
#   as described
