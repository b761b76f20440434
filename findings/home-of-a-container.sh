#!/usr/bin/env bash
# HOME inside a container, where config.json says something else than a user of /etc/passwd.
#
# Software   crun 1.8.1 and runc 1.1.5, as Debian 12 packages them. Run as root on Debian 12.
# Guess      A variable of process.env holds, and one that it lacks comes from the rootfs's /etc/passwd.
# Behaviour  `HOME=` (set, and empty on purpose) holds under crun; runc replaces it by the line of
#            /etc/passwd. A user without such a line gets HOME=/ from runc and no HOME at all from crun,
#            so `cd` and `~` fail in the one and not in the other. A user whose line has an empty home
#            gets an empty HOME from both.
# So         set HOME in process.env, and not to the empty string, where a program relies on it.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/etc
cp tools/bin/busybox rootfs/bin/sh
printf '%s\n' 'five:x:5:5::/home/five:/bin/sh' 'six:x:6:6:::/bin/sh' >rootfs/etc/passwd
config() { # UID ENV...
  cat >config.json <<JSON
{ "ociVersion": "1.0.2",
  "process": { "user": { "uid": $1, "gid": $1 }, "cwd": "/", "env": ["PATH=/bin"${2:+, \"$2\"}],
    "args": ["/bin/sh", "-c", "echo \${HOME-unset}"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
  "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
}
# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}" </dev/null
}
wrong=0
for runtime in runc crun; do "tools/usr/bin/$runtime" --version | head -n 1; done
both() { # UID ENV RUNC CRUN WHAT
  config "$1" "$2"
  local of_runc of_crun
  of_runc=$(call runc run box)
  of_crun=$(call crun run box)
  printf '%-40s runc “%s”, crun “%s”\n' "$5:" "$of_runc" "$of_crun"
  [ "$of_runc" = "$3" ] && [ "$of_crun" = "$4" ] || wrong=1
}
both 5 '' /home/five /home/five 'no HOME, a line in passwd'
both 5 'HOME=' /home/five '' 'HOME=, a line in passwd'
both 7 '' / unset 'no HOME, no line'
both 6 '' '' '' 'no HOME, a line with an empty home'
[ "$wrong" = 0 ]
echo 'as described'
# Seen on Linux 6.18:
#   runc version 1.1.5+ds1
#   crun version 1.8.1
#   no HOME, a line in passwd:               runc “/home/five”, crun “/home/five”
#   HOME=, a line in passwd:                 runc “/home/five”, crun “”
#   no HOME, no line:                        runc “/”, crun “unset”
#   no HOME, a line with an empty home:      runc “”, crun “”
#   as described
