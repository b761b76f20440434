# The last thing before the payload, and the container's PID 1 already: confined, loaded from the
# host, and waiting until the launcher has switched its root. It execs nothing of the host's again.
#
#   sh -c RELEASE sh CHROOT CWD UMASK FILES [NAME=VALUE]... -- COMMAND [ARG]...
#
# Fail closed: only the word "go" lets it on; the end of the pipe (a dead launcher) ends it.
# fd 6 is the payload's standard error; 2 is the launcher's until here.
# CHROOT is empty, or the rootfs for the notes' way: this shell stays PID 1 and the payload is its
# child, chrooted. FILES is the soft limit on open files, where config.json leaves it to the caller.
chroot=$1 cwd=$2
[ -z "$3" ] || umask "$3"
[ -z "$4" ] || ulimit -S -n "$4"
shift 4
printf 'ready\n' >&3
IFS= read -r word <&4 && [ "$word" = go ] || exit 125
exec 2>&6 3>&- 4<&- 6>&-
if [ -z "$chroot" ]; then cd / && cd "$cwd" || exit 125; fi
program=
[ -z "$chroot" ] || program=$(command -v chroot)
bash=${BASH_VERSION-}
unset PATH LC_ALL PWD OLDPWD SHLVL word
while [ "$1" != -- ]; do
  export "$1"
  shift
done
shift
if [ -n "$chroot" ]; then
  "$program" "$chroot" "$@"
  exit
fi
# bash takes a leading dash for an option of exec; dash and BusyBox take it for the command.
if [ -n "$bash" ]; then exec -- "$@"; else exec "$@"; fi
