#!/usr/bin/env bash
# A FIFO with two names, in an archive of four programs.
#
# Software   GNU tar 1.34, BusyBox 1.35.0 and bsdtar 3.6.2 (libarchive), as Debian 12 packages them.
# Guess      an archive has an entry of typeflag 1 for a further name of a file, and pax(1) lets that name an entry of
#            any type: who packs a tree keeps which names are one file, whatever kind of file it is.
# Behaviour  BusyBox and bsdtar do so. GNU tar keeps it for files and symbolic links, and writes a FIFO, as it does a
#            device node, once for each name: unpacked there are as many nodes as names, with a link count of 1 each.
#            It is the writer: unpacking with GNU tar what BusyBox or bsdtar wrote gives one node.
# So         a comparison of trees by link counts or inode numbers differs after GNU tar alone; who compares archives
#            of two programs compares typeflags of regular files only, or what comes out of them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download tar=1.34+dfsg-1.2+deb12u1 libarchive-tools=3.6.2-1+deb12u5 libarchive13=3.6.2-1+deb12u5 \
  busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
for deb in ./*.deb; do dpkg-deb -f "$deb" Package Version | paste -sd' '; done
LD_LIBRARY_PATH=$(dirname "$(find tools -name 'libarchive.so.13')")
export LD_LIBRARY_PATH
gnu=tools/bin/tar

mkdir tree
mkfifo tree/fifo
echo x >tree/file
ln -s file tree/link
for name in fifo file link; do ln tree/$name tree/$name.2; done

nodes() { # FOLDER: how many files its six names are, by kind
  for name in fifo file link; do
    echo "$name $(stat -c %i "$1/$name" "$1/$name.2" | sort -u | wc -l)"
  done | paste -sd,
}
"$gnu" -cf gnu.tar -C tree .
tools/bin/busybox tar -cf busybox.tar -C tree .
tools/usr/bin/bsdtar -cf bsdtar.tar -C tree .
{
  echo "as it was: $(nodes tree)"
  for writer in gnu busybox bsdtar; do
    mkdir $writer
    "$gnu" -xf $writer.tar -C $writer
    echo "written by $writer: $(nodes $writer)"
  done
} | tee seen
[ "$(cat seen)" = 'as it was: fifo 1,file 1,link 1
written by gnu: fifo 2,file 1,link 1
written by busybox: fifo 1,file 1,link 1
written by bsdtar: fifo 1,file 1,link 1' ]
echo 'as described'
# Seen:
#   Package: busybox-static Version: 1:1.35.0-4+deb12u1+b1
#   Package: libarchive-tools Version: 3.6.2-1+deb12u5
#   Package: libarchive13 Version: 3.6.2-1+deb12u5
#   Package: tar Version: 1.34+dfsg-1.2+deb12u1
#   as it was: fifo 1,file 1,link 1
#   written by gnu: fifo 2,file 1,link 1
#   written by busybox: fifo 1,file 1,link 1
#   written by bsdtar: fifo 1,file 1,link 1
