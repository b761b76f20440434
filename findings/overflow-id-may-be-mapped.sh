#!/usr/bin/env bash
# What a user namespace shows for the owner of a file: 65534 for two different things. Run as root.
#
# Software   Linux 6.18; unshare and nsenter of util-linux 2.38.1, stat and dd of coreutils 9.1 (Debian 12).
# Guess      65534 (/proc/sys/kernel/overflowuid) as the owner of a file means that its owner has no id in
#            this user namespace, so nobody in it may change the file.
# Behaviour  a usual range of 65,536 subordinate ids has an id 65534 of its own, and its files look the same
#            in stat(2), by both numbers. Only the kernel knows: what is for the owner, or for root of the
#            namespace on files of mapped ids, is refused for the one and allowed for the other.
# So         who writes down owners to give them back later does not take 65534 for an id. An open(2) with
#            O_NOATIME, which changes nothing, tells: EPERM where the owner has no id here.
set -euo pipefail
work=$(mktemp -d)
holder=
trap '[ -z "$holder" ] || kill "$holder"; rm -rf "$work"' EXIT
cd "$work"
apt-get download coreutils=9.1-1 util-linux=2.38.1-5+deb12u3 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" tools; done
PATH=$work/tools/usr/bin:$work/tools/bin:$PATH
chmod 755 .
echo x >of-root
echo x >of-nobody-inside
chown 165534:165534 of-nobody-inside

unshare --user sleep 600 &
holder=$!
for _ in $(seq 200); do
  [ "$(readlink "/proc/$holder/ns/user")" = "$(readlink /proc/self/ns/user)" ] || break
  sleep 0.05
done
echo '0 100000 65536' >"/proc/$holder/uid_map"
echo '0 100000 65536' >"/proc/$holder/gid_map"
inside() { nsenter --target "$holder" --user --setuid 0 --setgid 0 -- "$@"; }

echo "Linux $(uname -r), $(unshare --version), $(stat --version | head -n 1)"
inside stat --format '%n: owner %u' of-root of-nobody-inside | tee shown
for file in of-root of-nobody-inside; do
  if inside dd if="$file" iflag=noatime of=/dev/null status=none 2>said; then
    echo "$file: opened with O_NOATIME"
  else
    echo "$file: $(sed 's/.*: //' said)"
  fi
done | tee opened
[ "$(grep -c 'owner 65534$' shown)" = 2 ]
grep -qx 'of-root: Operation not permitted' opened
grep -qx 'of-nobody-inside: opened with O_NOATIME' opened
echo 'as described'
