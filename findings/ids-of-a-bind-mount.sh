#!/usr/bin/env bash
# uidMappings and gidMappings of a mount in config.json, in a container without a user namespace.
#
# Software   runc 1.1.5 and crun 1.8.1, as Debian 12 packages them. Run as root.
# Guess      a runtime that is older than these members of a mount, or cannot map, refuses them: whose files a container
#            sees and writes is nothing to be left out.
# Behaviour  crun maps the bind, as mount_setattr(2) does with MOUNT_ATTR_IDMAP: files of user 0 are those of the user
#            that the file names. runc starts the container too, mounts without the mapping, and says nothing, not even
#            with --debug: what user 4000 inside writes there is user 4000’s, and not user 0’s. Its `runc features` has no word about it.
# So         who hands such a bundle on to runc says it beforehand, or looks at what the mount has become.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/mnt
cp tools/bin/busybox rootfs/bin/sh
# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}"
}
inside='stat -c "%n is seen as of %u:%g" /mnt/old; echo text >/mnt/new'
quoted=$(printf %s "$inside" | sed 's/"/\\"/g')
for runtime in runc crun; do
  rm -rf shared && mkdir shared && touch shared/old
  chmod 0777 shared
  ids='[{ "containerID": 0, "hostID": 4000, "size": 1000 }]'
  cat >config.json <<JSON
{ "ociVersion": "1.1.0",
  "process": { "user": { "uid": 4000, "gid": 4000 }, "cwd": "/", "args": ["/bin/sh", "-c", "$quoted"],
    "env": ["PATH=/bin"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/mnt", "type": "none", "source": "$work/shared", "options": ["bind"],
      "uidMappings": $ids, "gidMappings": $ids }],
  "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
  "tools/usr/bin/$runtime" --version | head -n 1
  call "$runtime" --debug run box </dev/null 2>said | sed 's/^/  /'
  echo "  what user 4000 inside makes there belongs to $(stat -c %u:%g shared/new)"
  printf '  lines about a mapping: '
  grep -ciE 'idmap|id map|mappings' said || true
done | tee seen
[ "$(cat seen)" = 'runc version 1.1.5+ds1
  /mnt/old is seen as of 0:0
  what user 4000 inside makes there belongs to 4000:4000
  lines about a mapping: 0
crun version 1.8.1
  /mnt/old is seen as of 4000:4000
  what user 4000 inside makes there belongs to 0:0
  lines about a mapping: 0' ]
if tools/usr/bin/runc features | grep -qi idmap; then exit 1; fi
echo 'as described'
# Seen on Linux 6.18:
#   runc version 1.1.5+ds1
#     /mnt/old is seen as of 0:0
#     what user 4000 inside makes there belongs to 4000:4000
#     lines about a mapping: 0
#   crun version 1.8.1
#     /mnt/old is seen as of 4000:4000
#     what user 4000 inside makes there belongs to 0:0
#     lines about a mapping: 0
