#!/usr/bin/env bash
# An overlay that an ordinary user mounts in a user namespace, without the option userxattr.
#
# Software   Linux 6.18 (overlayfs on ext4 or tmpfs); mount and unshare of util-linux 2.38.1. As an ordinary user or root.
# Guess      overlayfs keeps its marks in attributes that only root of the machine may set. Where it cannot, mount(2)
#            refuses; if the mount is made, the overlay works, and userxattr is for what users unpack into it.
# Behaviour  it mounts, and files are read, written, made and deleted. What needs a mark fails when it is met: of a folder
#            that holds a folder of the lower one, `rm -r` deletes all that can be deleted, then says “Input/output error”
#            and leaves the rest, as on a broken disk. With userxattr the same deletes it.
# So         in a user namespace mount with userxattr always, and take EIO of rmdir(2) on an overlay for a missing mark.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo "Linux $(uname -r | cut -d. -f1,2)"
for options in '' ,userxattr; do
  mkdir -p lower/folder/below upper work merged
  touch lower/folder/file lower/folder/below/file
  # shellcheck disable=SC2016
  unshare --user --map-root-user --mount bash -uc '
mount -t overlay -o "lowerdir=lower,upperdir=upper,workdir=work$1" overlay merged || exit
echo "${1:-without}: mounted"
rm -r merged/folder 2>&1
echo "  rm ends with $?; left: $(cd merged && find . -mindepth 1 | sort | paste -sd" ")"' bash "$options"
  rm -rf lower upper work
done | tee seen
[ "$(cat seen)" = "without: mounted
rm: cannot remove 'merged/folder/below': Input/output error
  rm ends with 1; left: ./folder ./folder/below
,userxattr: mounted
  rm ends with 0; left: " ]
echo 'as described'
# Seen:
#   Linux 6.18
#   without: mounted
#   rm: cannot remove 'merged/folder/below': Input/output error
#     rm ends with 1; left: ./folder ./folder/below
#   ,userxattr: mounted
#     rm ends with 0; left:
