#!/usr/bin/env bash
# User namespaces, for a program that qemu-user runs.
#
# Software   qemu-user-static 7.2 and busybox-static 1.35.0 for arm64, as Debian 12 packages them, on amd64; Linux 6.18.
# Guess      qemu-user translates instructions and hands system calls on, so a program of one thread is a process of one
#            thread. unshare(1) of an arm64 root filesystem makes the namespaces that the native one makes, or is told that
#            qemu does not know the call, ENOSYS.
# Behaviour  each emulated process has a thread of qemu's beside its own. unshare(2) of the mount, PID or network namespace
#            works. That of the user namespace, and setns(2) into one, are refused to a process with several threads:
#            EINVAL, which is also what a kernel without user namespaces says, and programs tell it so.
# So         make user namespaces by a native program and start the emulated one in them; and count no threads of
#            an emulated process.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download qemu-user-static=1:7.2+dfsg-7+deb12u18+b3 >/dev/null 2>&1
dpkg -x ./*.deb tools
dpkg-deb -f ./*.deb Package Version | paste -sd' '
# The lists of another processor, apart from those of this machine.
mkdir -p lists/partial cache/archives/partial arm64
apt=(apt-get -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache")
"${apt[@]}" update >/dev/null 2>&1
(cd arm64 && "${apt[@]}" download busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1 && dpkg -x ./*.deb .)
emulated=("$work/tools/usr/bin/qemu-aarch64-static" -0 busybox "$work/arm64/bin/busybox")
apt-get download busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
dpkg -x ./busybox*.deb native

{
  # In a user namespace, where all of them are allowed. What is started inside is a program of this machine.
  try() { unshare --user --map-root-user "$@" /bin/true 2>&1 && echo works; }
  for name in mount pid net user; do
    words=$(try "${emulated[@]}" unshare --$name | sed 's/.*: //') || true
    echo "$name: native $(try native/bin/busybox unshare --$name), emulated $words"
  done
  unshare --user --map-root-user sleep 60 &
  until [ "$(readlink "/proc/$!/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do sleep 0.1; done
  enter=(nsenter --target=$! --user)
  echo "joining one: native $("native/bin/busybox" "${enter[@]}" /bin/true && echo works)," \
    "emulated $("${emulated[@]}" "${enter[@]}" /bin/true 2>&1 | sed 's/.*: //' || true)"
  kill $!
  for program in native/bin/busybox "${emulated[*]}"; do
    # shellcheck disable=SC2086
    $program sleep 60 &
    until grep -q '^State:.S' /proc/$!/status; do sleep 0.1; done
    echo "threads of sleep: $(awk '/^Threads/ { print $2 }' /proc/$!/status)"
    kill $!
  done
} | tee seen
[ "$(cat seen)" = 'mount: native works, emulated works
pid: native works, emulated works
net: native works, emulated works
user: native works, emulated Invalid argument
joining one: native works, emulated Invalid argument
threads of sleep: 1
threads of sleep: 2' ]
echo 'as described'
# Seen:
#   Package: qemu-user-static Version: 1:7.2+dfsg-7+deb12u18+b3
#   mount: native works, emulated works
#   pid: native works, emulated works
#   net: native works, emulated works
#   user: native works, emulated Invalid argument
#   joining one: native works, emulated Invalid argument
#   threads of sleep: 1
#   threads of sleep: 2
