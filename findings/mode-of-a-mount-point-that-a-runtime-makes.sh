#!/usr/bin/env bash
# What stays in a root filesystem of the mount points that a runtime has made there.
#
# Software   runc 1.1.5 and crun 1.8.1, as Debian 12 packages them. Run as root.
# Guess      the specification says that a missing mount point is made, and not how. It is empty and is mounted over, so
#            runtimes make it alike, with a mode that lets it be used.
# Behaviour  runc makes folders and files with 0755: the empty file is executable afterwards. crun makes the folders on the
#            way to a folder with 01755, the sticky bit among it, the folders on the way to a file with 0755, and that
#            file with 0700, so that no other user can read what a later container without the mount finds there.
# So         who builds a root filesystem makes its mount points itself, or looks what a first start has left.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}"
}
mkdir folder && touch file
for runtime in runc crun; do
  rm -rf rootfs && mkdir -p rootfs/bin rootfs/proc rootfs/dev && cp tools/bin/busybox rootfs/bin/sh
  cat >config.json <<JSON
{ "ociVersion": "1.0.2",
  "process": { "user": { "uid": 0, "gid": 0 }, "cwd": "/", "args": ["/bin/sh", "-c", "exit 0"], "env": ["PATH=/bin"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/opt/data", "type": "none", "source": "$work/folder", "options": ["bind"] },
    { "destination": "/etc/settings", "type": "none", "source": "$work/file", "options": ["bind"] }],
  "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
  "tools/usr/bin/$runtime" --version | head -n 1
  (umask 022 && call "$runtime" run box </dev/null)
  (cd rootfs && stat -c '  %n: %F, %04a' opt opt/data etc etc/settings)
done | tee seen
[ "$(cat seen)" = 'runc version 1.1.5+ds1
  opt: directory, 0755
  opt/data: directory, 0755
  etc: directory, 0755
  etc/settings: regular empty file, 0755
crun version 1.8.1
  opt: directory, 1755
  opt/data: directory, 1755
  etc: directory, 0755
  etc/settings: regular empty file, 0700' ]
echo 'as described'
# Seen:
#   runc version 1.1.5+ds1
#     opt: directory, 0755
#     opt/data: directory, 0755
#     etc: directory, 0755
#     etc/settings: regular empty file, 0755
#   crun version 1.8.1
#     opt: directory, 1755
#     opt/data: directory, 1755
#     etc: directory, 0755
#     etc/settings: regular empty file, 0700
