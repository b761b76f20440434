#!/usr/bin/env bash
# POSIX access control lists in an archive: who reads what whose.
#
# Software   tar 1.34, bsdtar 3.6.2 (libarchive) and umoci 0.4.7, as Debian 12 packages them.
# Guess      A pax archive has one record for an access control list. A program that keeps such lists reads those that
#            another one wrote, and who asks tar for all extended attributes has the lists too, for they are two of them.
# Behaviour  There are two records. `tar --acls` and bsdtar write SCHILY.acl.access, as text; `tar --xattrs
#            --xattrs-include='*'` and umoci write SCHILY.xattr.system.posix_acl_access, as the kernel has it. Each
#            reader knows the one that it writes alone, and is silent about the other: umoci unpacks a layer that
#            `tar --acls` made without its lists, and `tar --acls` a layer of umoci's.
# So         who reads archives takes both records; who writes one for others says each list twice, or knows the reader.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download tar=1.34+dfsg-1.2+deb12u1 acl=2.3.1-3 libacl1=2.3.1-3 libarchive-tools=3.6.2-1+deb12u5 \
  libarchive13=3.6.2-1+deb12u5 umoci=0.4.7+ds-3+b7 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" root; done
for deb in ./tar_*.deb ./libarchive-tools*.deb ./umoci*.deb; do dpkg-deb -f "$deb" Package Version | paste -sd' '; done
export PATH=$work/root/bin:$work/root/usr/bin:$PATH LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu

all=(--xattrs '--xattrs-include=*')
mkdir tree
echo text >tree/file
setfacl -m u:1000:r tree/file
tar --acls --format=posix -cf tar-acls.tar -C tree file
tar "${all[@]}" --format=posix -cf tar-xattrs.tar -C tree file
bsdtar --acls --format=pax -cf bsdtar.tar -C tree file
umoci init --layout image
umoci new --image image:empty
mkdir full
umoci unpack --rootless --image image:empty full 2>/dev/null
cp --preserve=all tree/file full/rootfs/file
umoci repack --image image:full full
layer=$(tr , '\n' <image/index.json | sed -n 's/.*"digest":"sha256:\([0-9a-f]*\)".*/\1/p' | tail -n 1)
layer=$(tr , '\n' <"image/blobs/sha256/$layer" | sed -n 's/.*"digest":"sha256:\([0-9a-f]*\)".*/\1/p' | tail -n 1)
gunzip <"image/blobs/sha256/$layer" >umoci.tar

read_by() { # READER ARCHIVE
  rm -rf out
  case $1 in
    umoci)
      umoci new --image image:read
      umoci raw add-layer --image image:read "$2.tar" >/dev/null
      umoci unpack --rootless --image image:read out 2>/dev/null
      mv out/rootfs/file file
      umoci rm --image image:read
      ;;
    bsdtar) mkdir out && bsdtar --acls --xattrs -xpf "$2.tar" -C out && mv out/file file ;;
    tar-acls) mkdir out && tar --acls -xf "$2.tar" -C out && mv out/file file ;;
    tar-xattrs) mkdir out && tar "${all[@]}" -xf "$2.tar" -C out && mv out/file file ;;
  esac
  if getfacl -nc file | grep -q '^user:1000:r--'; then printf ' %s' "$1"; fi
  rm -f file
}
for archive in tar-acls bsdtar tar-xattrs umoci; do
  printf '%s: %s, read by' "$archive" \
    "$(grep -ao 'SCHILY\.[a-z._]*acl[a-z_.]*' "$archive.tar" | head -n 1)"
  for reader in tar-acls bsdtar tar-xattrs umoci; do read_by "$reader" "$archive"; done
  echo
done | tee seen
[ "$(cat seen)" = 'tar-acls: SCHILY.acl.access, read by tar-acls bsdtar
bsdtar: SCHILY.acl.access, read by tar-acls bsdtar
tar-xattrs: SCHILY.xattr.system.posix_acl_access, read by tar-xattrs umoci
umoci: SCHILY.xattr.system.posix_acl_access, read by tar-xattrs umoci' ]
echo 'as described'
# Seen:
#   Package: tar Version: 1.34+dfsg-1.2+deb12u1
#   Package: libarchive-tools Version: 3.6.2-1+deb12u5
#   Package: umoci Version: 0.4.7+ds-3+b7
#   tar-acls: SCHILY.acl.access, read by tar-acls bsdtar
#   bsdtar: SCHILY.acl.access, read by tar-acls bsdtar
#   tar-xattrs: SCHILY.xattr.system.posix_acl_access, read by tar-xattrs umoci
#   umoci: SCHILY.xattr.system.posix_acl_access, read by tar-xattrs umoci
