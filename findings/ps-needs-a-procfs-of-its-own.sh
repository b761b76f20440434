#!/usr/bin/env bash
# What procps' ps(1) advises where it is in the mount namespace of a container, and not in its PID namespace, and
# what that advice does. Run as root.
#
# Software   procps 4.0.2, BusyBox 1.35.0 and util-linux 2.38.1, as Debian 12 packages them; Linux 6.18.
# Guess      ps lists the processes of the procfs on /proc. Where it cannot, it names what is wrong, and "do
#            this" makes that good.
# Behaviour  it wants to find itself first: /proc/self leads nowhere for a process that the procfs does not
#            number. It says "Error, do this: mount -t proc proc /proc" and ends with 47, although a procfs is
#            mounted there. One who does that mounts the procfs of the PID namespace that the command is in, over
#            that of the container: its processes then see all of the machine's, and themselves under the
#            machine's numbers. BusyBox's ps lists the container's processes all along.
# So         nsenter(1) gets --pid with --mount, and who shows the processes of another procfs reads its folders
#            that are numbers, without /proc/self; the advice of ps is no hint that a procfs is missing.
# shellcheck disable=SC2016 # for the shells that are started
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
outer=
clean_up() {
  [ -z "$outer" ] || kill -KILL "$outer" || true
  rm -rf "$work"
} 2>/dev/null
trap clean_up EXIT
cd "$work"
apt-get download procps=2:4.0.2-3 libproc2-0=2:4.0.2-3 busybox-static=1:1.35.0-4+deb12u1+b1 \
  util-linux=2.38.1-5+deb12u3 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" tools; done
LD_LIBRARY_PATH=$(echo "$work"/tools/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
ps=$work/tools/bin/ps
[ -x "$ps" ] || ps=$work/tools/usr/bin/ps
busybox=$work/tools/bin/busybox
PATH=$work/tools/usr/bin:$work/tools/bin:$PATH

mkfifo first
# --propagation private is the default: no mount below is one of the machine's.
unshare --pid --mount --fork --kill-child --mount-proc \
  sh -c 'echo up; exec "$0" sleep 600' "$busybox" >first &
outer=$!
read -r _ <first
init=$(cat "/proc/$outer/task/$outer/children")
init=${init%% *}
inside() { nsenter --target "$init" --mount -- "$@"; }
numbers() { # PROGRAM...: how many processes it finds on /proc
  "$@" "$busybox" sh -c 'cd /proc && for one in [0-9]*; do echo "$one"; done' | wc -l
}

"$ps" --version
nsenter --version
status=0
said=$(inside "$ps" -e 2>&1) || status=$?
echo "ps -e, in the mount namespace alone: \"$said\", $status"
inside "$busybox" ps -o pid,comm >listed
echo "BusyBox's ps there lists $(($(wc -l <listed) - 1))"
both=$(nsenter --target "$init" --mount --pid -- "$ps" -e -o comm= | wc -l)
echo "ps -e, in the PID namespace too: $both"
before=$(numbers inside)
inside mount -t proc proc /proc
after=$(numbers inside)
own=$(numbers nsenter --target "$init" --mount --pid --)
echo "after the advice: $before processes on /proc have become $after, for the container's own programs $own"
self=$(nsenter --target "$init" --mount --pid -- "$busybox" \
  sh -c 'echo $$; exec "$0" readlink /proc/self' "$busybox" | xargs)
echo "one program of the container, by getpid(2) and by /proc/self: $self"
grep -qx 'Error, do this: mount -t proc proc /proc' <<<"$said"
[ "$status" = 47 ]
grep -q ' busybox$\| sleep$' listed
[ "$before" = 1 ] && [ "$after" -gt 10 ] && [ "$own" -gt 10 ]
read -r number shown <<<"$self"
[ "$number" != "$shown" ]
echo 'as described'
# Seen on Linux 6.18:
#   ps from procps-ng 4.0.2
#   nsenter from util-linux 2.38.1
#   ps -e, in the mount namespace alone: "Error, do this: mount -t proc proc /proc", 47
#   BusyBox's ps there lists 1
#   ps -e, in the PID namespace too: 2
#   after the advice: 1 processes on /proc have become 171, for the container's own programs 171
#   one program of the container, by getpid(2) and by /proc/self: 4 23191
#   as described
