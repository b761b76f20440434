# What is run by hand runs this script once more, where nothing of the caller's goes in: no variable, no
# descriptor but 0, 1 and 2, and not their terminal, into which a container could type (TIOCSTI).
say() {
  printf 'terrarium: %s\n' "$1" >&2
  exit 1
}
case ${1-} in
  --alone)
    unset SCRIPT AGAIN SHELL_ALONE CALLER
    ;;
  *)
    [ -f "$0" ] || say 'It has to be a file, which it runs once more: save it, then run sh FILE.'
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    check
    # bash, because dash knows descriptors of one digit alone, and ends where it meets another.
    alone=$(command -v bash) && alone="$alone --norc -p" || alone='sh'
    again='for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      [ "$fd" -gt 2 ] || continue
      [ "$fd" -le 9 ] || (eval "exec $fd>&-") 2>/dev/null || {
        echo "terrarium: descriptor $fd is open, and sh cannot close it: install bash." >&2
        exit 1
      }
      eval "exec $fd>&-"
    done
    exec sh -- "$SCRIPT" --alone'
    set -- PATH="$PATH" LC_ALL=C SCRIPT="$0" AGAIN="$again" SHELL_ALONE="$alone" CALLER="$$"
    run='exec $SHELL_ALONE -c "$AGAIN"'
    # It ends with setsid, which has this number: also where that was gone before it could ask for that.
    [ -t 0 ] || exec env -i "$@" setsid --fork --wait \
      setpriv --pdeathsig=KILL -- sh -c '[ "$PPID" = "$CALLER" ] || exit; '"$run"
    command -v script >/dev/null ||
      say 'No script(1) here, which gives it a terminal of its own: install bsdutils, or run it with </dev/null.'
    exec env -i "$@" script --quiet --return --command "$run" /dev/null
    ;;
esac
