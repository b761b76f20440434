#!/usr/bin/env bash
# What a shell shows of a command that is typed and is wider than the terminal.
#
# Software   busybox 1.35.0 (its ash), bash 5.2 and dash 0.5.12, as Debian 12 packages them, on a pseudo-terminal.
# Guess      the echo of a command is one line: the terminal breaks what is too wide, and no byte of the stream says so.
#            Who wants the output of a command takes what comes behind the first LF.
# Behaviour  so it is in bash and dash. BusyBox's line editor counts columns, and where a line of the terminal is full it
#            writes CR and LF itself, of which the terminal makes CR CR LF. What comes behind the first LF begins with
#            the rest of the command.
# So         who reads the output of typed commands from such a stream looks for the first LF that follows no CR CR, or
#            makes the terminal wide.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download busybox-static=1:1.35.0-4+deb12u1+b1 bash=5.2.15-2+b13 dash=0.5.12-2 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; dpkg-deb -f "$deb" Package Version | paste -sd' '; done
cat >type.py <<'END'
import fcntl, os, pty, struct, sys, termios
line = b'echo ' + b'x' * 40 + b' end'
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(PS1='# ', TERM='dumb', ENV='')
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 30, 0, 0))
seen = b''
def until(*ends):
    global seen
    while not seen.endswith(ends):
        seen += os.read(terminal, 4096)
    taken, seen = seen, b''
    return taken
until(b'# ', b'\x1b[6n')
os.write(terminal, line + b'\r')
shown = until(b'# ', b'\x1b[6n')
print(shown[:shown.index(b'end')].count(b'\r\r\n'), 'times CR CR LF,', shown.count(b'\n'), 'times LF')
os.write(terminal, b'exit\r')
END
{
  echo "busybox: $(python3 type.py tools/bin/busybox sh)"
  echo "bash: $(python3 type.py tools/bin/bash --norc)"
  echo "dash: $(python3 type.py tools/bin/dash)"
} | tee seen
[ "$(cat seen)" = 'busybox: 1 times CR CR LF, 3 times LF
bash: 0 times CR CR LF, 2 times LF
dash: 0 times CR CR LF, 2 times LF' ]
echo 'as described'
# Seen:
#   Package: bash Version: 5.2.15-2+b13
#   Package: busybox-static Version: 1:1.35.0-4+deb12u1+b1
#   Package: dash Version: 0.5.12-2
#   busybox: 1 times CR CR LF, 3 times LF
#   bash: 0 times CR CR LF, 2 times LF
#   dash: 0 times CR CR LF, 2 times LF
