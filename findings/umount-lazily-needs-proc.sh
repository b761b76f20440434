#!/usr/bin/env bash
# Detaching the old root after pivot_root(2), in a root without a /proc.
#
# Software   umount of util-linux 2.38.1 and BusyBox 1.35.0, as Debian 12 packages them.
# Guess      `umount -l DIR` is umount2(DIR, MNT_DETACH). So it needs no /proc, as `umount DIR` there needs none; and
#            “No such file or directory” means DIR.
# Behaviour  without options umount of util-linux asks the folder itself (statfs) whether it is mounted, and makes the
#            call. With -l, -f or -R it wants the line of mountinfo: without a /proc it makes no call at all, and says
#            “umount: DIR: umount failed: No such file or directory” of a DIR that is there (-R names the file that is
#            missing). A procfs mounted first mends it. BusyBox’s umount makes the call either way.
# So         who leaves the old root by commands mounts /proc before, or calls BusyBox’s; and a message of umount is no
#            word about its folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download mount=2.38.1-5+deb12u3 libmount1=2.38.1-5+deb12u3 libblkid1=2.38.1-5+deb12u3 libselinux1=3.4-1+b6 \
  libpcre2-8-0=10.42-1+deb12u2 libc6=2.36-9+deb12u14 busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
mkdir -p root/{proc,old,other}
for deb in ./*.deb; do dpkg -x "$deb" root; done
[ -e root/lib64 ] || ln -s lib root/lib64
for deb in ./mount*.deb ./busybox*.deb; do dpkg-deb -f "$deb" Package Version | paste -sd' '; done

cat >root/look <<'END'
try() { # COMMAND…
  said=$("$@" 2>&1) && said=done
  echo "$*: $said"
}
cd /
/bin/busybox mount --bind /other /other
try /bin/umount /other
try /bin/umount -l /old
try /bin/umount -R /old
/bin/busybox mount -t proc proc /proc
/bin/busybox mount --bind /other /other
try /bin/umount -l /other
/bin/busybox umount /proc
try /bin/busybox umount -l /old
END
unshare --user --map-root-user --mount --pid --fork bash -ec '
  mount --bind root root
  cd root
  pivot_root . old
  exec /bin/busybox sh /look' | tee seen
[ "$(cat seen)" = '/bin/umount /other: done
/bin/umount -l /old: umount: /old: umount failed: No such file or directory.
/bin/umount -R /old: umount: failed to parse /proc/self/mountinfo: No such file or directory
/bin/umount -l /other: done
/bin/busybox umount -l /old: done' ]
echo 'as described'
# Seen:
#   Package: mount Version: 2.38.1-5+deb12u3
#   Package: busybox-static Version: 1:1.35.0-4+deb12u1+b1
#   /bin/umount /other: done
#   /bin/umount -l /old: umount: /old: umount failed: No such file or directory.
#   /bin/umount -R /old: umount: failed to parse /proc/self/mountinfo: No such file or directory
#   /bin/umount -l /other: done
#   /bin/busybox umount -l /old: done
