#!/usr/bin/env bash
# Copying one file of a root filesystem with the folders above it: cp --parents.
#
# Software   cp of coreutils 9.1, as Debian 12 packages it.
# Guess      `cp --archive --parents /ROOT/etc/file TARGET` copies the file below TARGET/ROOT/etc, with the modes of these
#            folders, from wherever it is called; if it fails, something is missing.
# Behaviour  From / it does. From any other folder it looks for the folders above by that name without its first slash: the
#            file is copied whole, all folders above it are left with mode 0700, cp says “ROOT/etc: No such file or
#            directory” of a folder that is there, and ends with 1. Where a folder of that relative name happens to be
#            there, its mode is taken, and cp ends with 0. A relative name is copied right.
# So         who copies into a root filesystem so goes to the source first, and names what is in it by relative names.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download coreutils=9.1-1 libattr1=1:2.5.1-4 libacl1=2.3.1-3 libselinux1=3.4-1+b6 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
export LD_LIBRARY_PATH=$work/tools/lib/x86_64-linux-gnu:$work/tools/usr/lib/x86_64-linux-gnu
cp=$work/tools/bin/cp

mkdir -p root/etc elsewhere "other$work/root/etc"
chmod 0755 root/etc
chmod 0711 "other$work/root/etc"
echo text >root/etc/file
from() { # FOLDER NAME
  rm -rf "$work/target" && mkdir "$work/target"
  if (cd "$1" && "$cp" --archive --parents "$2" "$work/target") 2>said; then ended=0; else ended=$?; fi
  place=$(cd target && find . -name file)
  echo "ends with $ended; file: $(cat "target/$place"), etc: $(stat -c %a "target/${place%/file}")"
  sed "s|$cp|  cp|; s|${work#/}|WORK|" said
}
"$cp" --version | head -n 1
{
  echo "from /: $(from / "$work/root/etc/file")"
  echo "from elsewhere: $(from elsewhere "$work/root/etc/file")"
  echo "where another one is: $(from other "$work/root/etc/file")"
  echo "relative: $(from root etc/file)"
} | tee seen
[ "$(cat seen)" = "from /: ends with 0; file: text, etc: 755
from elsewhere: ends with 1; file: text, etc: 700
  cp: 'WORK/root/etc': No such file or directory
where another one is: ends with 0; file: text, etc: 711
relative: ends with 0; file: text, etc: 755" ]
echo 'as described'
# Seen:
#   cp (GNU coreutils) 9.1
#   from /: ends with 0; file: text, etc: 755
#   from elsewhere: ends with 1; file: text, etc: 700
#     cp: 'WORK/root/etc': No such file or directory
#   where another one is: ends with 0; file: text, etc: 711
#   relative: ends with 0; file: text, etc: 755
