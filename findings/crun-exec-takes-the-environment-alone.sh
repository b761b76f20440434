#!/usr/bin/env bash
# A further process in a running container: what it takes over of config.json's `process`.
#
# Software   crun 1.8.1 and runc 1.1.5, as Debian 12 packages them. Run as root on Debian 12.
# Guess      `exec ID COMMAND` starts COMMAND as `process` says, with other args: the OCI runtime
#            specification describes no exec, and runc has always done it so.
# Behaviour  runc takes over cwd, additionalGids and oomScoreAdj. crun takes over the environment alone:
#            the command starts in /, without the further groups, with an oom_score_adj of 0.
# So         who opens shells through a runtime passes --cwd (and --user, whose groups crun then sets)
#            to crun, and does not rely on it for what config.json says of groups.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
clean_up() {
  call runc delete --force box
  call crun delete --force box
  rm -rf "$work"
} >/dev/null 2>&1
trap clean_up EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 crun=1.8.1-1+deb12u1 libyajl2=2.1.0-3+deb12u2 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/usr/lib/x86_64-linux-gnu

mkdir -p rootfs/bin rootfs/proc rootfs/dev rootfs/work
cp tools/bin/busybox rootfs/bin/sh
cat >config.json <<'JSON'
{ "ociVersion": "1.0.2",
  "process": { "user": { "uid": 0, "gid": 0, "additionalGids": [7] }, "cwd": "/work", "oomScoreAdj": 300,
    "args": ["/bin/sh", "-c", "read -r forever"], "env": ["PATH=/bin", "COLOUR=blue"] },
  "root": { "path": "rootfs" },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
  "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }
JSON
# crun 1.8 starts nothing where cgroup v2 is mounted beside v1: that mount is hidden from it.
call() { # RUNTIME ARG...
  [ "$1" = runc ] || set -- "$1" --cgroup-manager=disabled "${@:2}"
  unshare --mount sh -c 'umount -R /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
    "$work/tools/usr/bin/$1" --root "$work/$1" "${@:2}"
}
# shellcheck disable=SC2016 # for the shell inside
look='read -r adj </proc/self/oom_score_adj
  while read -r key value; do [ "$key" != Groups: ] || groups=$value; done </proc/self/status
  echo "cwd $PWD, groups ${groups:-none}, oom_score_adj $adj, COLOUR ${COLOUR-unset}"'
mkfifo quiet
exec 9<>quiet
for runtime in runc crun; do
  call "$runtime" run --detach box <quiet >/dev/null 2>&1
  seen=$(call "$runtime" exec box /bin/sh -c "$look" </dev/null)
  echo "$("tools/usr/bin/$runtime" --version | head -n 1): $seen"
  printf '%s\n' "$seen" >"$runtime.seen"
done
[ "$(cat runc.seen)" = 'cwd /work, groups 7, oom_score_adj 300, COLOUR blue' ]
[ "$(cat crun.seen)" = 'cwd /, groups none, oom_score_adj 0, COLOUR blue' ]
echo 'as described'
# Seen on Linux 6.18:
#   runc version 1.1.5+ds1: cwd /work, groups 7, oom_score_adj 300, COLOUR blue
#   crun version 1.8.1: cwd /, groups none, oom_score_adj 0, COLOUR blue
#   as described
