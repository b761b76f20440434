# PID 1 of a container with a user namespace, until the launcher has written who is who there.
#   sh -c WAIT sh COMMAND [ARG]...
IFS=' ' read -r pid _ </proc/self/stat # still the host's procfs: this is the host PID
printf 'pid %s\n' "$pid" >&3
IFS= read -r word <&4 && [ "$word" = mapped ] || exit 125
exec "$@"
