# Runs steps that arrive as positional parameters; no input ever becomes shell text.
#
#   sh -c STEPS sh ROOT [INDEX GUARD CWD COUNT ARG...]... end [FINAL...]
#
# fd 3: reports to the launcher ("pid N", "step I", "done I", "fail I STATUS", "refuse I WHERE")
# fd 4: words from the launcher     fd 5: what the commands themselves print
# With a ROOT the steps run inside the new namespaces and may have a CWD below it; FINAL replaces
# the shell. Without one they run outside and wait for "go" first.
set -fu
root=$1
shift

refuse() { # a component of CWD is a symlink, or the way to it left the rootfs
  printf 'refuse %s %s\n' "$index" "$1" >&3
  exit 125
}

# Enters CWD one component at a time. A symlink is refused, a missing folder is made (mkdir follows
# no symlink in its last component), and the physical path is compared after every cd: a folder
# swapped for a symlink meanwhile is noticed, and no mount is ever aimed by a path (CVE-2021-30465).
enter() {
  # By name, from the parent folder: "cd ." would stay below the bind mount that covers the rootfs.
  cd -P "$root" && [ "$PWD" = "$root" ] || refuse rootfs
  walked=$root
  rest=${1#/}
  while [ -n "$rest" ]; do
    component=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    case $component in '' | .) continue ;; ..) refuse '..' ;; esac
    walked=$walked/$component
    [ ! -L "./$component" ] || refuse symlink
    [ -d "./$component" ] || [ -z "$guard" ] || return 1 # a guarded step has nothing to do here
    [ -d "./$component" ] || mkdir -m 0755 "./$component" 2>&5 || refuse missing
    cd -P "./$component" 2>&5 && [ "$PWD" = "$walked" ] || refuse moved
  done
}

wanted() { # whether what GUARD names is there, of that kind, and no symlink
  name=./${guard#*:}
  case $guard in
    if-directory:*) [ -d "$name" ] && [ ! -L "$name" ] ;;
    if-file:*) [ -e "$name" ] && [ ! -d "$name" ] && [ ! -L "$name" ] ;;
  esac
}

# Steps that a shell does better than a program: these names may stand as a step's argv[0].
write_file() { # TEXT FILE
  printf '%s\n' "$1" >"$2"
}
make_file() { # FILE: O_EXCL by noclobber, so that it follows no symlink
  [ ! -L "$1" ] || { printf '%s is a symlink\n' "$1" && return 1; }
  [ ! -e "$1" ] || return 0
  (set -C && : >"$1")
}
link() { # TARGET NAME, left alone where the name is taken; -n: never into a folder that NAME leads to
  [ -L "$2" ] || [ -e "$2" ] || ln -s -n "$1" "$2"
}

if [ -n "$root" ]; then
  IFS=' ' read -r pid ignored </proc/self/stat # still the host's procfs: this is the host PID
  printf 'pid %s\n' "$pid" >&3
else
  IFS= read -r word <&4 && [ "$word" = go ] || exit 125
fi

while [ "$1" != end ]; do
  index=$1 guard=$2 cwd=$3 count=$4
  shift 4
  call= i=1
  while [ "$i" -le "$count" ]; do # "$1" "$2" ... COUNT of them: made from numbers alone
    call="$call \"\${$i}\""
    i=$((i + 1))
  done
  if { [ -z "$cwd" ] || enter "$cwd"; } && wanted; then
    printf 'step %s\n' "$index" >&3
    eval "$call" >&5 2>&5 || {
      printf 'fail %s %s\n' "$index" "$?" >&3
      exit 125
    }
    printf 'done %s\n' "$index" >&3
  fi
  shift "$count"
done
shift
if [ -n "$root" ]; then
  index=end guard=
  enter / # the working directory tells nsenter --wd which mount becomes the root
fi
[ $# -eq 0 ] || exec "$@"
