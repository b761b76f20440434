# Parameters: the runtime's PID and the container's id, then the command that deletes the container.
# Standard input ends with the helper; a line on it says that there is nothing left to end.
read -r _ && exit
runtime=$1 id=$2
shift 2
stopped() {
  ! cat "/proc/$runtime"/task/*/status 2>/dev/null | grep '^State:' | grep -qv 'T (stopped)'
}
# The id in its command line proves that the PID is still the runtime's. A stopped runtime cannot let PID 1
# run the payload. PID 1 is killed with it.
case $(tr '\0' ' ' 2>/dev/null <"/proc/$runtime/cmdline") in *"$id"*)
  kill -STOP "$runtime"
  left=100
  until stopped || [ "$left" = 0 ]; do
    left=$((left - 1))
    sleep 0.01
  done
  # shellcheck disable=SC2046 # numbers
  kill -KILL $(cat "/proc/$runtime"/task/*/children) "$runtime"
  ;;
esac
exec "$@"
