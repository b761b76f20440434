#!/usr/bin/env bash
# What becomes of the propagation that a mount of config.json asks for.
#
# Software   crun 1.8.1 and runc 1.1.5, as Debian 12 packages them. Run as root on Debian 12.
# Guess      `shared` or `unbindable` among the options of a mount holds for that mount: it is more
#            particular than `linux.rootfsPropagation`, and mounts are listed to be made in their order.
# Behaviour  runc does so, whatever rootfsPropagation says. crun sets rootfsPropagation after all mounts are
#            made, and a value that begins with `r` goes to every mount below the root: what a mount asked
#            for is gone. The same happens where config.json has no rootfsPropagation: crun takes rprivate.
#            An unbindable mount survives rslave, which the kernel ignores for such a mount.
# So         who wants a shared mount under both runtimes writes `private` or `slave`, without an `r`, as
#            rootfsPropagation, and does not leave it out.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/mnt shown
cp tools/bin/busybox rootfs/bin/sh
# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}"
}
# The optional fields of proc_pid_mountinfo(5) stand before the dash; the number is that of a peer group.
cat >rootfs/bin/look <<'SH'
while read -r id parent device root place flags kind rest; do
  [ "$place" != /mnt ] || case $kind in -) echo private ;; *) echo "${kind%%:*}" ;; esac
done </proc/self/mountinfo
SH
seen() { # RUNTIME OPTION PROPAGATION: what /mnt is
  local propagation=
  [ "$3" = - ] || propagation="\"rootfsPropagation\": \"$3\","
  cat >config.json <<JSON
{ "ociVersion": "1.0.2",
  "process": { "user": { "uid": 0, "gid": 0 }, "cwd": "/", "args": ["/bin/sh", "/bin/look"], "env": ["PATH=/bin"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/mnt", "type": "none", "source": "$work/shown", "options": ["bind", "$2"] }],
  "linux": { $propagation "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
  call "$1" run box </dev/null
}
for runtime in runc crun; do
  "tools/usr/bin/$runtime" --version | head -n 1
  for propagation in - private rprivate rslave; do
    for option in shared unbindable; do
      echo "$option, rootfsPropagation $propagation: $(seen "$runtime" "$option" "$propagation")"
    done
  done | tee "$runtime.seen"
done
expected() { printf '%s, rootfsPropagation %s: %s\n' "$@"; }
kept=(shared - shared unbindable - unbindable shared private shared unbindable private unbindable)
[ "$(cat runc.seen)" = "$(expected "${kept[@]}" shared rprivate shared unbindable rprivate unbindable \
  shared rslave shared unbindable rslave unbindable)" ]
[ "$(cat crun.seen)" = "$(expected shared - private unbindable - private "${kept[@]:6}" \
  shared rprivate private unbindable rprivate private shared rslave private unbindable rslave unbindable)" ]
echo 'as described'
# Seen on Linux 6.18, of the eight lines for each:
#   runc version 1.1.5+ds1
#   shared, rootfsPropagation -: shared
#   shared, rootfsPropagation rprivate: shared
#   crun version 1.8.1
#   shared, rootfsPropagation -: private
#   shared, rootfsPropagation private: shared
#   shared, rootfsPropagation rprivate: private
#   unbindable, rootfsPropagation rslave: unbindable
