# The confinement of a program that reads what a stranger made: confinement.ts runs it in new namespaces, in the folder
# that it sees. One may be written to, a source or an overlay only read; to copy, /from is only read, and /to/from may be
# written to. Then nothing else is there: no file, no network, no process. Device nodes that it makes there open nothing.
# The program's libraries are found through its working directory, which is outside of its root.
# Arguments: folder|source|overlay|copy|nothing CAPABILITIES LOADER FILES USER OTHER PROGRAM [ARG]...; FILES, and in USER
# words of setpriv, with a newline between them; OTHER: the way to the layer of an overlay, or to the folder that is copied.
set -eu
umask 022
sees=$1 capabilities=$2 loader=$3 files=$4 user=$5 other=$6
shift 6
# A descriptor that was opened outside is of another mount namespace, which no overlay and no bind takes: it only says
# whether the way leads to that folder. /tmp is another one below.
if [ "$sees" = overlay ] || [ "$sees" = copy ]; then
  exec 4<.
  cd -P -- "$other"
  # shellcheck disable=SC3013 # dash, bash and BusyBox have it
  if ! [ . -ef /proc/self/fd/3 ]; then
    echo 'a folder has been replaced' >&2
    exit 1
  fi
  exec 3<.
  cd /proc/self/fd/4
fi
mount -n -t tmpfs -o mode=0755,size=64m tmpfs /tmp
mkdir /tmp/tools /tmp/target /tmp/lower /tmp/old /tmp/proc
# Each cp is a process, and there are twenty files.
set -f
IFS='
'
# shellcheck disable=SC2086 # it is to be split
cp -L -- $files /tmp/tools/ &
copying=$!
if [ "$sees" = folder ]; then mount -c -n -o bind,nodev,noexec,nosuid . /tmp/target; fi
if [ "$sees" = source ]; then mount -c -n -o bind,ro,nodev,noexec,nosuid . /tmp/target; fi
if [ "$sees" = overlay ]; then
  mount -c -n -o bind . /tmp/lower
  cd /proc/self/fd/3
  mount -c -n -t overlay -o ro,nodev,noexec,nosuid,lowerdir=.:/tmp/lower,redirect_dir=nofollow,metacopy=off,index=off,userxattr \
    overlay /tmp/target
fi
if [ "$sees" = copy ]; then
  mkdir -p /tmp/target/from /tmp/target/to/from
  mount -c -n -o bind,nodev,noexec,nosuid . /tmp/target/to/from
  cd /proc/self/fd/3
  mount -c -n -o bind,ro,nodev,noexec,nosuid . /tmp/target/from
fi
exec 3<&- 4<&-
wait "$copying"
mount -n --rbind /proc /tmp/proc
cd /tmp
pivot_root . old
cd /
/tools/"$loader" --library-path /tools /tools/umount -n -l /old /proc
# shellcheck disable=SC2086 # words
exec /tools/"$loader" --library-path /tools /tools/nsenter --root=/target --wd=/tools \
  ./"$loader" --library-path . ./setpriv $user --bounding-set="$capabilities" --inh-caps=-all --no-new-privs \
  ./"$loader" --library-path . "$@"
