# The last thing before the payload in an exported script, and the container's PID 1 already: confined, loaded
# from the host, and waiting until the script has switched its root. It execs nothing of the host's again.
#
#   sh -c INIT sh CWD UMASK [NAME=VALUE]... -- COMMAND [ARG]...
#
# Fail closed: only the word "go" lets it on; the end of the pipe ends it.
# fd 6 is the payload's standard error; 2 is the script's until here.
# shellcheck disable=SC3045,SC3044,SC3038 # those bash alone meets
# shellcheck disable=SC2163 # what is exported is NAME=VALUE
cwd=$1
[ -z "$2" ] || umask "$2"
shift 2
#begin reserved
if [ -n "${BASH_VERSION-}" ]; then
  for word; do
    case $word in
      --) break ;;
      SHLVL=[0-9] | SHLVL=[1-9][0-9] | SHLVL=[1-9][0-9][0-9]) [ "$word" = SHLVL=999 ] || continue ;;
      BASHOPTS=* | SHELLOPTS=* | PPID=* | SHLVL=* | _=* | PIPESTATUS=*) ;;
      BASH_ARGC=* | BASH_ARGV=* | BASH_LINENO=* | BASH_SOURCE=* | BASH_VERSINFO=*) ;;
      *) continue ;;
    esac
    printf 'refuse variable %s\n' "${word%%=*}" >&3 # bash lets nobody set it
    exit 125
  done
fi
#end reserved
printf 'ready\n' >&3
IFS= read -r word <&4 && [ "$word" = go ] || exit 125
exec 2>&6 3>&- 4<&- 6>&-

if ! { cd / && cd "$cwd"; } 2>&-; then
  printf 'terrarium: process.cwd is %s, and PID 1 cannot go there as its user: make that folder in the rootfs, let the user in, or correct process.cwd in config.json.\n' "$cwd" >&2
  exit 125
fi
# A variable of the bundle's can have the name of any of ours: from here on none is read.
unset PATH LC_ALL PWD OLDPWD SHLVL word cwd
if [ -z "${BASH_VERSION-}" ]; then
  while [ "$1" != -- ]; do
    export "$1"
    shift
  done
  shift
  exec "$@" # dash takes a leading dash for the command
fi
declare -a SHLVL # exec counts it down; a list is not exported
while [ "$1" != -- ]; do
  # Without a standard error, where bash would speak of a locale or a value that it does not know.
  case $1 in
    SHLVL=*) unset -v SHLVL && export "SHLVL=$((${1#*=} + 1))" || exit 125 ;;
    *) unset -v "${1%%=*}" 2>&- && export "$1" 2>&- || exit 125 ;; # it loses what bash makes of it
  esac
  shift
done
shift
exec -- "$@" # bash takes a leading dash for an option of exec
