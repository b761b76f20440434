#!/usr/bin/env bash
# A folder that was opened before a new mount namespace, as the lower folder of an overlay in it.
#
# Software   Linux 6.18 (overlayfs, mount namespaces); mount and unshare of util-linux 2.38.1. As an ordinary user or root.
# Guess      a descriptor is as good as a path, and better: what it holds cannot be swapped. So who is to make an overlay
#            gives the folders as descriptors to a process in a mount namespace of its own, and that one names them
#            /proc/self/fd/N. A bind mount of such a folder works, and a plain look into it.
# Behaviour  overlayfs refuses it, whatever the name: EINVAL, which mount(8) tells as “wrong fs type, bad option, bad
#            superblock”; the kernel's log alone says “failed to clone lowerpath”. It takes a private clone of the mount
#            that the folder is on, and that mount has to be in the caller's mount namespace. The same folder opened
#            anew inside is taken, and so is a bind mount that was made of the old descriptor.
# So         open the folders of an overlay in the namespace that mounts it, or bind them there first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{lower,upper,work,merged,bound}
echo x >"$work/lower/file"
exec 3<"$work/lower"
echo "Linux $(uname -r | cut -d. -f1,2)"
# shellcheck disable=SC2016
unshare --user --map-root-user --mount bash -euc '
cd "$1"
exec 4<lower
try() { # LOWER
  if said=$(mount -t overlay -o "lowerdir=$1,upperdir=upper,workdir=work,userxattr" overlay merged 2>&1); then
    cat merged/file
    umount merged
  else
    grep -o "wrong fs type, bad option, bad superblock" <<<"$said"
  fi
}
echo "looked into: $(ls /proc/$$/fd/3)"
echo "opened before: $(try /proc/$$/fd/3)"
echo "opened here: $(try /proc/$$/fd/4)"
mount --bind "/proc/$$/fd/3" bound
echo "a bind of the one opened before: $(try bound)"' bash "$work" | tee "$work/seen"
[ "$(cat "$work/seen")" = 'looked into: file
opened before: wrong fs type, bad option, bad superblock
opened here: x
a bind of the one opened before: x' ]
echo 'as described'
# Seen:
#   Linux 6.18
#   looked into: file
#   opened before: wrong fs type, bad option, bad superblock
#   opened here: x
#   a bind of the one opened before: x
