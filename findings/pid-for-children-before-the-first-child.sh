#!/usr/bin/env bash
# What /proc/PID/ns/pid_for_children is between unshare(2) and the first child, and after that child's end.
#
# Software   Linux 6.18; unshare of util-linux 2.38.1, as Debian 12 packages it.
# Guess      the link has the new namespace as soon as unshare(CLONE_NEWPID) has returned, as the links of all
#            other kinds have; and where it is there, a child can be made in it.
# Behaviour  before the first child readlink(2) fails with ENOENT, on a link that readdir(3) lists: the namespace
#            has no process 1 yet. With the first child it is there. When that one has ended the link still
#            is, and fork(2) fails with ENOMEM ("Cannot fork", "Cannot allocate memory") for ever.
# So         who tells people in which PID namespace the children of a process will be born takes ENOENT for "in
#            a new one, that nobody is in", and a link that can be read for no promise.
set -euo pipefail
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download util-linux=2.38.1-5+deb12u3 dash=0.5.12-2 >/dev/null 2>&1
for deb in ./*.deb; do dpkg -x "$deb" tools; done
echo "Linux $(uname -r), $(tools/usr/bin/unshare --version)"

coproc SHELL_INSIDE {
  exec tools/usr/bin/unshare --user --map-root-user --pid tools/bin/dash 2>&1
}
pid=$SHELL_INSIDE_PID
exec 3<&"${SHELL_INSIDE[0]}" 4>&"${SHELL_INSIDE[1]}"
tell() { # LINE: types it, and prints the first line of the answer
  echo "$1" >&4
  local answer
  IFS= read -r -t 10 answer <&3
  printf '%s\n' "$answer"
}
link() {
  [ ! -L "/proc/$pid/ns/pid_for_children" ] || echo 'listed'
  readlink "/proc/$pid/ns/pid_for_children" >/dev/null 2>&1 && echo 'can be read' || echo 'cannot be read'
}
{
  tell 'echo unshared' # built in: no child
  link
  tell '/bin/true; echo the first child has ended'
  link
  tell '/bin/true' | sed 's/.*: //'
} | tee said
diff said - <<'TEXT'
unshared
listed
cannot be read
the first child has ended
listed
can be read
Cannot fork
TEXT
echo 'as described'
# Seen on Linux 6.18:
#   Linux 6.18, unshare from util-linux 2.38.1
#   unshared
#   listed
#   cannot be read
#   the first child has ended
#   listed
#   can be read
#   Cannot fork
#   as described
