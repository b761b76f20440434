#!/usr/bin/env bash
# What the recursive mount options of config.json (rro, rnosuid, rrelatime …) become.
#
# Software   crun 1.8.1 and runc 1.1.5, as Debian 12 packages them. Run as root on Debian 12.
# Guess      each option `rX` sets X on the mount and on all below it, by mount_setattr(2): the OCI
#            runtime specification lists them in one table, and names what a runtime must refuse.
# Behaviour  runc does so. crun sets `nosymfollow` where `rrelatime` is asked for: nothing below that
#            mount can be reached through a symbolic link any more. For `rnosymfollow` it sets nothing,
#            and says nothing. `rnoatime` and `rstrictatime` it cannot start with: EINVAL.
# So         who hands a bundle on to crun says beforehand which of these options mean something else.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/mnt shared
cp tools/bin/busybox rootfs/bin/sh
# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}"
}
cat >rootfs/bin/look <<'SH'
while read -r id parent device root place flags rest; do
  [ "$place" != /mnt ] || echo "$flags"
done </proc/self/mountinfo
SH
seen() { # RUNTIME OPTION: the flags of the mount, or why there is none
  cat >config.json <<JSON
{ "ociVersion": "1.0.2",
  "process": { "user": { "uid": 0, "gid": 0 }, "cwd": "/", "args": ["/bin/sh", "/bin/look"], "env": ["PATH=/bin"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/mnt", "type": "none", "source": "$work/shared", "options": ["rbind", "$2"] }],
  "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
  call "$1" run box 2>&1 </dev/null || true
}
has() { # FLAG RUNTIME OPTION
  case ,$(seen "$2" "$3"), in *,"$1",*) echo set ;; *) echo 'not set' ;; esac
}
for runtime in runc crun; do
  "tools/usr/bin/$runtime" --version | head -n 1
  for option in rro rnosuid rrelatime rnosymfollow rnoatime rstrictatime; do
    echo "  $option: $(seen "$runtime" "$option")"
  done
done
[ "$(has nosymfollow runc rrelatime)" = 'not set' ]
[ "$(has nosymfollow crun rrelatime)" = set ]
[ "$(has nosymfollow runc rnosymfollow)" = set ]
[ "$(has nosymfollow crun rnosymfollow)" = 'not set' ]
[ "$(has noatime runc rnoatime)" = set ]
for option in rnoatime rstrictatime; do
  case $(seen crun "$option") in *'mount_setattr'*'Invalid argument'*) ;; *) exit 1 ;; esac
done
echo 'as described'
# Seen on Linux 6.18:
#   runc version 1.1.5+ds1
#     rro: ro,relatime
#     rnosuid: rw,nosuid,relatime
#     rrelatime: rw,relatime
#     rnosymfollow: rw,relatime,nosymfollow
#     rnoatime: rw,noatime
#     rstrictatime: rw
#   crun version 1.8.1
#     rro: ro,relatime
#     rnosuid: rw,nosuid,relatime
#     rrelatime: rw,relatime,nosymfollow
#     rnosymfollow: rw,relatime
#     rnoatime: mount_setattr `/mnt`: Invalid argument
#     rstrictatime: mount_setattr `/mnt`: Invalid argument
#   as described
