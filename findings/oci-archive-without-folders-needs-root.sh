#!/usr/bin/env bash
# An archive of an OCI image layout whose entries are its files alone, and who may read it. Run as root: it becomes
# another user for a part.
#
# Software   skopeo 1.9.3 and umoci 0.4.7, as Debian 12 packages them; GNU tar 1.34.
# Guess      a tar archive need not have entries for folders, and image-layout.md of the OCI image format says nothing
#            of them: who reads the archive reads the blobs. Root or not makes no difference for what is read.
# Behaviour  skopeo unpacks an oci-archive into a temporary folder first. Folders without an entry it makes itself,
#            and gives them to root. So root can read the archive and copy the image; anybody else is told
#            “chown …/blobs/sha256: operation not permitted”. With an entry for each folder both can; the owners in
#            the entries do not count. A docker-archive is read without unpacking.
# So         who writes such an archive begins it with `blobs/` and `blobs/sha256/`, and tests it as an ordinary user.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download skopeo=1.9.3+ds1-1+b10 umoci=0.4.7+ds-3+b7 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
dpkg-deb -f ./skopeo*.deb Package Version | paste -sd' '

tools/usr/bin/umoci init --layout layout
tools/usr/bin/umoci new --image layout:one
(cd layout && find . -type f -printf '%P\n' | tar -cf ../files.tar -T -)
(cd layout && tar -cf ../folders.tar blobs index.json oci-layout)
chmod 644 ./*.tar
copy() { # USER ARCHIVE
  local home
  home=$(mktemp -d -p "$work")
  chown "$1" "$home"
  setpriv --reuid "$1" --regid "$1" --clear-groups env HOME="$home" TMPDIR="$home" \
    tools/usr/bin/skopeo --insecure-policy copy "oci-archive:$2:one" "dir:$home/out" 2>&1 |
    grep -oE 'chown .*(blobs/sha256: operation not permitted)|Storing signatures' | sed 's/chown .*blobs/chown blobs/' | tail -n 1
}
for archive in files folders; do
  for user in 0 4711; do echo "$archive, uid $user: $(copy "$user" "$archive.tar")"; done
done | tee seen
[ "$(cat seen)" = 'files, uid 0: Storing signatures
files, uid 4711: chown blobs/sha256: operation not permitted
folders, uid 0: Storing signatures
folders, uid 4711: Storing signatures' ]
echo 'as described'
# Seen:
#   Package: skopeo Version: 1.9.3+ds1-1+b10
#   files, uid 0: Storing signatures
#   files, uid 4711: chown blobs/sha256: operation not permitted
#   folders, uid 0: Storing signatures
#   folders, uid 4711: Storing signatures
