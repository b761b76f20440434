#!/usr/bin/env bash
# The soft limit on open files of a further process in a container of runc.
#
# Software   runc 1.1.5, as Debian 12 packages it. Run as root on Debian 12.
# Guess      `runc exec` gives a process the rlimits that config.json, or the file of --process, has, as
#            `runc run` gives them to PID 1: each time the same.
# Behaviour  `runc run` is exact each time. With `runc exec` the soft limit of RLIMIT_NOFILE is now and
#            then the hard one, in a third of the calls on two busy processors, whether the limits come
#            from config.json or from --process. runc sets the limits of the new process from outside,
#            by prlimit(2), and Go's runtime in that process raises the soft limit to the hard one as it
#            starts: which of the two is later is chance (opencontainers/runc#4195).
# So         who needs that limit exact in a further process has the program set it itself (`ulimit -Sn`),
#            and a test of it that passed once says nothing.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
clean_up() {
  tools/usr/bin/runc --root "$work/state" delete --force box
  cd / && rm -rf "$work"
} >/dev/null 2>&1
trap clean_up EXIT
cd "$work"
apt-get download runc=1.1.5+ds1-1+deb12u1 busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
runc() { tools/usr/bin/runc --root "$work/state" "$@"; }

mkdir -p rootfs/bin rootfs/proc rootfs/dev
cp tools/bin/busybox rootfs/bin/sh
limits() { # SOFT HARD
  echo '[{ "type": "RLIMIT_NOFILE", "soft": '"$1"', "hard": '"$2"' }, { "type": "RLIMIT_CORE", "soft": 0, "hard": 0 }]'
}
process() { # LIMITS COMMAND
  echo '{ "user": { "uid": 0, "gid": 0 }, "cwd": "/", "env": ["PATH=/bin"],
    "rlimits": '"$1"', "args": ["/bin/sh", "-c", "'"$2"'"] }'
}
config() { # COMMAND
  echo '{ "ociVersion": "1.0.2", "process": '"$(process "$(limits 64 128)" "$1")"', "root": { "path": "rootfs" },
    "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
    "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }] } }' >config.json
}
# shellcheck disable=SC2016 # for the shell inside
look='echo $(ulimit -Sn) $(ulimit -Hn)'
times() { # N COMMAND...: what it printed, and how often
  for _ in $(seq "$1"); do "${@:2}" </dev/null; done | sort | uniq -c | sed 's/^ *//'
}
runc --version | head -n 1
config "$look"
echo 'runc run:'
times 40 runc run box | tee ran
config 'read -r forever'
mkfifo quiet
exec 9<>quiet
runc run --detach box <quiet >/dev/null 2>&1
echo 'runc exec:'
times 200 runc exec box /bin/sh -c "$look" | tee executed
process "$(limits 32 99)" "$look" >process.json
echo 'runc exec --process:'
times 200 runc exec --process process.json box | tee described

only() { cut -d ' ' -f 2- "$1" | tr '\n' ';'; }
[ "$(only ran)" = '64 128;' ]
[ "$(only executed | tr ';' '\n' | sort | tr '\n' ';')" = '128 128;64 128;' ]
[ "$(only described | tr ';' '\n' | sort | tr '\n' ';')" = '32 99;99 99;' ]
echo 'as described'
# Seen on Linux 6.18, two busy processors:
#   runc version 1.1.5+ds1
#   runc run:
#   40 64 128
#   runc exec:
#   120 128 128
#   80 64 128
#   runc exec --process:
#   82 32 99
#   118 99 99
#   as described
