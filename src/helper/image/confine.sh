# The confinement of a program that reads a stranger's archive: confinement.ts runs it in new namespaces,
# in the folder that may be written to, or as a source only read. Then nothing else is there: no file, no network, no process. Device
# nodes that it makes there open nothing. The program's libraries are found through its working directory,
# which is outside of its root.
# Arguments: folder|source|nothing CAPABILITIES LOADER FILE... -- PROGRAM [ARG]...
set -eu
umask 022
sees=$1 capabilities=$2 loader=$3
shift 3
mount -n -t tmpfs -o mode=0755,size=64m tmpfs /tmp
mkdir /tmp/tools /tmp/target /tmp/old /tmp/proc
while [ "$1" != -- ]; do
  cp -L -- "$1" /tmp/tools/
  shift
done
shift
if [ "$sees" = folder ]; then mount -c -n -o bind,nodev,noexec,nosuid . /tmp/target; fi
if [ "$sees" = source ]; then mount -c -n -o bind,ro,nodev,noexec,nosuid . /tmp/target; fi
mount -n --rbind /proc /tmp/proc
cd /tmp
pivot_root . old
cd /
/tools/"$loader" --library-path /tools /tools/umount -n -l /old
/tools/"$loader" --library-path /tools /tools/umount -n -l /proc
exec /tools/"$loader" --library-path /tools /tools/nsenter --root=/target --wd=/tools \
  ./"$loader" --library-path . ./setpriv --bounding-set="$capabilities" --inh-caps=-all --no-new-privs \
  ./"$loader" --library-path . "$@"
