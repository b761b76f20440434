#!/usr/bin/env bash
# The files that stand in the upper folder of an overlay for what was deleted.
#
# Software   Linux 6.18 (overlayfs); mount and unshare of util-linux 2.38.1. Run as root.
# Guess      each deleted file has a whiteout of its own, a character device 0:0. Two names with one inode number are two
#            names of one file, and what is done to one file is done to that one.
# Behaviour  the whiteouts of one mount are hard links of one inode: a change of owner, time or attributes that is meant
#            for one is on all of them, `find -links 1` sees none, and who knows files by device and inode counts one
#            deletion. The next mount begins another inode.
# So         tell deletions apart by their names, and leave the whiteouts alone but to remove them.
set -euo pipefail
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo 'needs root' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir lower upper work merged
touch lower/{a,b,c,d}
# shellcheck disable=SC2016
delete='mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged && cd merged && rm "$@"'
for files in 'a b c' d; do
  # shellcheck disable=SC2086
  unshare --mount sh -euc "$delete" sh $files
done
echo "Linux $(uname -r | cut -d. -f1,2)"
{
  touch -d 2001-01-01 upper/b
  for file in a b c d; do
    [ "upper/$file" -ef upper/a ] && same='the file a' || same='another one'
    echo "$file: $(stat -c '%F, %h links' "upper/$file"), $same, of the year $(date -r "upper/$file" +%Y | sed 's/20[^0].*/now/')"
  done
  echo "with one link: $(find upper -type c -links 1 | wc -l)"
} | tee seen
[ "$(cat seen)" = 'a: character special file, 3 links, the file a, of the year 2001
b: character special file, 3 links, the file a, of the year 2001
c: character special file, 3 links, the file a, of the year 2001
d: character special file, 2 links, another one, of the year now
with one link: 0' ]
echo 'as described'
# Seen:
#   Linux 6.18
#   a: character special file, 3 links, the file a, of the year 2001
#   b: character special file, 3 links, the file a, of the year 2001
#   c: character special file, 3 links, the file a, of the year 2001
#   d: character special file, 2 links, another one, of the year now
#   with one link: 0
