# Runs the steps of an exported script, which arrive as positional parameters; no input ever becomes shell text.
#
#   sh -c STEPS sh ROOT [INDEX GUARD CWD COUNT ARG...]... end [FINAL...]
#
# fd 3: reports to the script ("pid N", "step I", "done I", "fail I STATUS", "refuse I WHERE")
# fd 4: words from the script     fd 2: what the commands themselves print
# What stands between such lines as these is left out where no step needs it (partOf.ts).
#begin held
# COUNT is @N for a step whose last word is a file that others may swap (fd 5).
#end held
# The steps run inside the new namespaces and may have a CWD below ROOT. FINAL replaces the shell: it is what
# the steps were for.
set -Cfu # C: a redirection makes a new file (O_EXCL, so it follows no symlink) or says >|
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
  { cd -P "$root" && [ "$PWD" = "$root" ]; } || refuse rootfs
  walked=$root
  rest=${1#/}
  while [ -n "$rest" ]; do
    component=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    case $component in '' | .) continue ;; ..) refuse '..' ;; esac
    walked=$walked/$component
    [ ! -L "./$component" ] || [ "$guard" != unless-link ] || return 1
    [ ! -L "./$component" ] || refuse symlink
    case $guard in
      '' | unless-link) ;;
      *) [ -d "./$component" ] || return 1 ;; # a guarded step has nothing to do here
    esac
    [ -d "./$component" ] || mkdir -m 0755 "./$component" || refuse missing
    { cd -P "./$component" && [ "$PWD" = "$walked" ]; } || refuse moved
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
  printf '%s\n' "$1" >|"$2"
}
make_files() { # FILE...
  for file; do
    [ ! -L "$file" ] || { printf '%s is a symlink\n' "$file" && return 1; }
    [ -e "$file" ] || true >"$file" || return
  done
}
make_folder() { # what entering it has made
  :
}
make_links() { # [TARGET NAME]..., left alone where the name is taken
  while [ $# -gt 0 ]; do
    # -n: never into a folder that NAME leads to
    [ -L "$2" ] || [ -e "$2" ] || ln -s -n "$1" "$2" || return
    shift 2
  done
}
bind_each() { # FOLDER NAME...
  folder=$1
  shift
  for file; do
    mount -icn -o bind,ro,nosuid,noexec "$folder/$file" "./$file" || return
  done
}
mount_layer() { # FOLDER OPTIONS
  for folder in "$1" "$1/upper" "$1/work"; do
    [ ! -L "$folder" ] || { printf '%s is a symlink\n' "$folder" && return 1; }
    [ ! -d "$folder" ] || continue
    mkdir -m 0700 "$folder" || return
    # As the rootfs is; an owner that is nobody in this user namespace stays outside.
    [ "$folder" = "$1" ] || { chown --reference=. "$folder" || : && chmod --reference=. "$folder"; } || return
  done
  [ -e "$1/.gitignore" ] || printf '*\n' >"$1/.gitignore" || return
  mount -icn -t overlay -o "$2" overlay .
}

# mount(2) follows a symlink in the place of a file, and somebody else may swap one in at any moment. So
# the file is opened, the open one is looked at, and that is what is mounted on (CVE-2021-30465).
hold() { # ./NAME
  [ ! -L "$1" ] || refuse symlink
  [ ! -p "$1" ] || { printf '%s is a FIFO\n' "$1" && exit 1; } # it would be waited for
  exec 5<"$1"
  [ "$(readlink /proc/self/fd/5)" = "$PWD/${1#./}" ] || refuse moved
}

failed() {
  status=$?
  # 125: it has reported why
  [ "$kind$status" = @125 ] || printf 'fail %s %s\n' "$index" "$status" >&3
  exit 125
}

run() { # the command that CALL names among the parameters
  #begin held
  [ "$kind" != @ ] || (hold "$last" && eval "$call") >&2 || failed
  [ "$kind" = @ ] ||
    #end held
    eval "$call" >&2 || failed
  printf 'done %s\n' "$index" >&3
}

IFS=' ' read -r pid _ </proc/self/stat # still the host's procfs: this is the host PID
printf 'pid %s\n' "$pid" >&3

while [ "$1" != end ]; do
  index=$1 guard=$2 cwd=$3 count=$4
  shift 4
  kind=${count%%[0-9]*} count=${count#[&@]} call='' i=1
  #begin held
  last='' word=''
  eval "last=\${$count}"
  #end held
  while [ "$i" -le "$count" ]; do # "$1" "$2" ... COUNT of them: made from numbers alone
    part="\"\${$i}\""
    #begin held
    eval "word=$part"
    [ "$kind" != @ ] || [ "$word" != "$last" ] || part=/proc/self/fd/5
    #end held
    call="$call $part"
    i=$((i + 1))
  done
  if { [ -z "$cwd" ] || enter "$cwd"; } && wanted; then
    printf 'step %s\n' "$index" >&3
    run "$@"
  fi
  shift "$count"
done
shift
exec 5<&-
index=end guard=
enter / # the working directory tells nsenter --wd which mount becomes the root
exec "$@"
