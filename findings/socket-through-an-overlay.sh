#!/usr/bin/env bash
# A socket or a FIFO that a container makes on an overlay, and the same file in the overlay's upper folder.
#
# Software   Linux 6.18 (overlayfs); mount and unshare of util-linux 2.38.1. As an ordinary user or root.
# Guess      what is made on an overlay lies in its upper folder, and both names are of one file: who is outside connects
#            to a socket of a container by its path in the upper folder, as for a bind mount.
# Behaviour  the file is there, with the same inode number, and is another one to the kernel: connect(2) to it says
#            ECONNREFUSED while the server listens, and a FIFO opened there has other bytes in it, or none. A socket
#            is found by the inode that bind(2) made, and that is the overlay's.
# So         go by a path through the mount, which /proc/PID/root has from outside too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{lower,upper,work,merged}
cat >"$work/look.py" <<'END'
import errno, os, socket
server = socket.socket(socket.AF_UNIX)
server.bind('merged/socket')
server.listen()
os.mkfifo('merged/fifo')
writer = os.open('merged/fifo', os.O_RDWR)
os.write(writer, b'text')
for folder in ('merged', 'upper', f'/proc/{os.getpid()}/cwd/merged'):
    with socket.socket(socket.AF_UNIX) as client:
        said = errno.errorcode.get(client.connect_ex(f'{folder}/socket'), 'connected')
    reader = os.open(f'{folder}/fifo', os.O_RDONLY | os.O_NONBLOCK)
    text = os.read(reader, 2)
    print(f"{folder.replace(str(os.getpid()), 'PID')}: {said}; the FIFO has {text.decode() or 'nothing'}")
same = os.stat('merged/socket').st_ino == os.stat('upper/socket').st_ino
print('the inode numbers are', 'the same' if same else 'different')
END
echo "Linux $(uname -r | cut -d. -f1,2)"
# shellcheck disable=SC2016
unshare --user --map-root-user --mount bash -euc '
cd "$1"
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr overlay merged
python3 look.py' bash "$work" | tee "$work/seen"
[ "$(cat "$work/seen")" = 'merged: connected; the FIFO has te
upper: ECONNREFUSED; the FIFO has nothing
/proc/PID/cwd/merged: connected; the FIFO has xt
the inode numbers are the same' ]
echo 'as described'
# Seen:
#   Linux 6.18
#   merged: connected; the FIFO has te
#   upper: ECONNREFUSED; the FIFO has nothing
#   /proc/PID/cwd/merged: connected; the FIFO has xt
#   the inode numbers are the same
