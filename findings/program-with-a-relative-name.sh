#!/usr/bin/env bash
# args[0] of a container that is no absolute path, or is found through a relative entry of PATH.
#
# Software   crun 1.8.1 and runc 1.1.5, as Debian 12 packages them. Run as root on Debian 12.
# Guess      execvp(3): a name with a slash is taken from the working directory and becomes argv[0] as it
#            stands; of PATH, "." and an empty entry mean the working directory.
# Behaviour  crun makes an absolute path of a relative name before it executes, so a script's $0 is
#            another than under runc ("/tmp/./x", or "//tmp/x" from the folder /).
#            PATH=.:/bin starts under crun; runc refuses it, since Go's os/exec refuses what it finds in
#            the working directory. For an empty entry runc refuses it as well, and crun does not look there.
# So         write absolute names into args, and absolute folders into PATH.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/tmp
cp tools/bin/busybox rootfs/bin/sh
# shellcheck disable=SC2016 # for the shell inside
printf '#!/bin/sh\necho "ran as $0"\n' >rootfs/tmp/x
chmod 755 rootfs/tmp/x
# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}" </dev/null
}
wrong=0
both() { # ARG0 CWD PATH RUNC CRUN
  cat >config.json <<JSON
{ "ociVersion": "1.0.2",
  "process": { "user": { "uid": 0, "gid": 0 }, "cwd": "$2", "args": ["$1"], "env": ["PATH=$3"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
  "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
  local runtime seen
  local -A wanted=([runc]=$4 [crun]=$5)
  printf '%s in %s with PATH=%s\n' "$1" "$2" "$3"
  for runtime in runc crun; do
    seen=$(call "$runtime" run box 2>&1) || true
    printf '  %s: %s\n' "$runtime" "$seen"
    [[ $seen = *"${wanted[$runtime]}"* ]] || wrong=1
  done
}
for runtime in runc crun; do "tools/usr/bin/$runtime" --version | head -n 1; done
both ./x /tmp /bin 'ran as ./x' 'ran as /tmp/./x'
both tmp/x / /bin 'ran as tmp/x' 'ran as //tmp/x'
both x /tmp .:/bin 'found relative to current directory' 'ran as ./x'
# shellcheck disable=SC2016 # crun says it so
both x /tmp :/bin 'found relative to current directory' 'not found in $PATH: No such file or directory'
[ "$wrong" = 0 ]
echo 'as described'
# Seen on Linux 6.18:
#   runc version 1.1.5+ds1
#   crun version 1.8.1
#   ./x in /tmp with PATH=/bin
#     runc: ran as ./x
#     crun: ran as /tmp/./x
#   tmp/x in / with PATH=/bin
#     runc: ran as tmp/x
#     crun: ran as //tmp/x
#   x in /tmp with PATH=.:/bin
#     runc: ... exec: "x": cannot run executable found relative to current directory
#     crun: ran as ./x
#   x in /tmp with PATH=:/bin
#     runc: ... exec: "x": cannot run executable found relative to current directory
#     crun: executable file `x` not found in $PATH: No such file or directory
#   as described
