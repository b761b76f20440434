# Parameters: the container's id, then the command that deletes the container.
# Standard input has the runtime's PID on its first line, and ends with the helper; "revoked" says that there is nothing
# left to end.
id=$1
shift
# The end of its command line proves that a PID is the runtime's.
is_runtime() { # PID
  case $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") in *"/pid $id ") return 0 ;; *) return 1 ;; esac
}
stopped() {
  ! cat "/proc/$runtime"/task/*/status 2>/dev/null | grep '^State:' | grep -qv 'T (stopped)'
}
if read -r runtime; then
  [ "$runtime" != revoked ] || exit
  read -r _ && exit
else
  # The helper was killed before it could tell. What has not begun yet sees that for itself (unlessStarterEnded.ts).
  for folder in /proc/[0-9]*; do
    if is_runtime "${folder#/proc/}"; then runtime=${folder#/proc/}; fi
  done
fi
# A stopped runtime cannot let PID 1 run the payload. PID 1 is killed with it.
if [ -n "$runtime" ] && is_runtime "$runtime"; then
  kill -STOP "$runtime"
  left=100
  until stopped || [ "$left" = 0 ]; do
    left=$((left - 1))
    sleep 0.01
  done
  # shellcheck disable=SC2046 # numbers
  kill -KILL $(cat "/proc/$runtime"/task/*/children) "$runtime"
fi
exec "$@"
