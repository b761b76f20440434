#!/usr/bin/env bash
# The programs that a user namespace has registered in a binfmt_misc of its own, and how long they are.
#
# Software   Linux 6.18 (since 6.7 a user namespace may mount one); mount and unshare of util-linux 2.38.1. As an ordinary
#            user or root.
# Guess      the kernel keeps the handlers for its user namespace: binfmt_misc is a window on them, as on a machine, where
#            it may be unmounted and mounted again and nothing is lost. A nested user namespace that mounts its own begins
#            with those it had.
# Behaviour  they live as long as a mount of that instance, or an open folder of it. After the last umount(2) a program
#            that ran before is “Exec format error”, and a new mount is empty. A bind elsewhere keeps them, and so does
#            a descriptor, also after `umount -l`. A nested user namespace has its parent's until it mounts one: that is
#            empty, and hides the parent's for good.
# So         who registers an emulator for a container leaves a mount, or an open descriptor, for as long as it runs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{one,two}
printf '#!/bin/sh\necho runs\n' >"$work/interpreter"
echo text >"$work/program.own"
chmod 0755 "$work/interpreter" "$work/program.own"
cat >"$work/try.py" <<'END'
import os, subprocess
try:
    print(subprocess.run(['./program.own'], capture_output=True, text=True).stdout.strip())
except OSError as error:
    print(os.strerror(error.errno))
END
cat >"$work/look.sh" <<'END'
set -eu
register() { echo ":own:E::own::$PWD/interpreter:" >"$1/register"; }
mount -t binfmt_misc none one
register one
echo "registered: $(python3 try.py)"
echo "in a nested user namespace: $(unshare --user --map-root-user python3 try.py)"
echo "which has mounted its own: $(unshare --user --map-root-user --mount sh -c 'mount -t binfmt_misc none two; python3 try.py')"
umount one
echo "unmounted: $(python3 try.py)"
mount -t binfmt_misc none one
echo "mounted again: $(python3 try.py)"
register one
mount --bind one two
umount one
echo "bound elsewhere: $(python3 try.py)"
exec 5<two
umount -l two
echo "held by a descriptor: $(python3 try.py)"
exec 5<&-
echo "closed: $(python3 try.py)"
END
echo "Linux $(uname -r | cut -d. -f1,2)"
(cd "$work" && unshare --user --map-root-user --mount sh look.sh) | tee "$work/seen"
[ "$(cat "$work/seen")" = 'registered: runs
in a nested user namespace: runs
which has mounted its own: Exec format error
unmounted: Exec format error
mounted again: Exec format error
bound elsewhere: runs
held by a descriptor: runs
closed: Exec format error' ]
echo 'as described'
# Seen:
#   Linux 6.18
#   registered: runs
#   in a nested user namespace: runs
#   which has mounted its own: Exec format error
#   unmounted: Exec format error
#   mounted again: Exec format error
#   bound elsewhere: runs
#   held by a descriptor: runs
#   closed: Exec format error
