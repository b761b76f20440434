#!/usr/bin/env bash
# A file capability that was set in a user namespace, in an archive that is made outside of it.
#
# Software   tar 1.34 and libcap2-bin 2.66, as Debian 12 packages them; Linux 6.18. Run as root.
# Guess      `tar --xattrs` keeps security.capability, byte by byte. What root of a rootless container has set comes back
#            for everybody who unpacks the archive with the rights to set it, and who made the archive does not matter.
# Behaviour  the bytes depend on who reads. Inside the user namespace the attribute has revision 2, which holds anywhere;
#            from outside it is read as revision 3, with the id that root of that namespace has outside. Unpacked by
#            root of the machine, that one is kept as it is: getcap shows the capability, with a rootid, and the program
#            has it in no other namespace. In a user namespace where the id is not mapped the kernel refuses it, and tar
#            leaves it out, says so, and ends with 0.
# So         make archives of such a tree in its user namespace, or write revision 2 into them, which has no id.
set -euo pipefail
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download tar=1.34+dfsg-1.2+deb12u1 libcap2-bin=1:2.66-4+deb12u3+b1 libcap2=1:2.66-4+deb12u3+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
chmod 0755 . && chmod -R a+rX tools
export PATH=$work/tools/bin:$work/tools/sbin:$PATH LD_LIBRARY_PATH=$work/tools/lib/x86_64-linux-gnu
all=(--xattrs '--xattrs-include=*')

as_root_of() { # ID COMMAND...: root of a user namespace, who is that id outside
  setpriv --reuid "$1" --regid "$1" --clear-groups unshare --user --map-root-user "${@:2}"
}
revision() { # ARCHIVE: the fourth byte of the attribute, and the id in it
  perl -0777 -ne '/security\.capability=(.{3}(.))(.{16})(.{4})?\n/s and
    print "revision ", ord $2, $4 && ord $2 == 3 ? ", id " . unpack("V", $4) : "", "\n"' "$1"
}
mkdir tree inside outside machine other
cp /bin/true tree/program
chown -R 12345:12345 tree inside
chown 23456:23456 other
as_root_of 12345 setcap cap_net_raw=ep tree/program
tar --version | head -n 1
{
  as_root_of 12345 tar "${all[@]}" --format=posix -C tree -cf inside/made.tar program
  tar "${all[@]}" --format=posix -C tree -cf outside/made.tar program
  chmod 0644 outside/made.tar
  echo "made inside: $(revision inside/made.tar)"
  echo "made outside: $(revision outside/made.tar)"
  tar "${all[@]}" -C machine -xf outside/made.tar
  echo "unpacked by root: $(getcap -n machine/program | cut -d' ' -f2-)"
  as_root_of 23456 tar "${all[@]}" --no-same-owner -C other -xf outside/made.tar 2>said && ended=0 || ended=$?
  echo "unpacked in another user namespace: ends with $ended, capabilities: $(getcap -n other/program)"
  sed 's/^/  /' said
  as_root_of 23456 tar "${all[@]}" --no-same-owner -C other -xf inside/made.tar
  echo "the one made inside, there: $(as_root_of 23456 getcap other/program | cut -d' ' -f2-)"
} | tee seen
[ "$(cat seen)" = "made inside: revision 2
made outside: revision 3, id 12345
unpacked by root: cap_net_raw=ep [rootid=12345]
unpacked in another user namespace: ends with 0, capabilities: 
  tar: setxattrat: Cannot set 'security.capability' extended attribute for file 'program': Invalid argument
the one made inside, there: cap_net_raw=ep" ]
echo 'as described'
# Seen:
#   tar (GNU tar) 1.34
#   made inside: revision 2
#   made outside: revision 3, id 12345
#   unpacked by root: cap_net_raw=ep [rootid=12345]
#   unpacked in another user namespace: ends with 0, capabilities:
#     tar: setxattrat: Cannot set 'security.capability' extended attribute for file 'program': Invalid argument
#   the one made inside, there: cap_net_raw=ep
