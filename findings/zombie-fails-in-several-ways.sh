#!/usr/bin/env bash
# What /proc has of a process that has ended and is not yet reaped.
#
# Software   Linux 6.18 (procfs).
# Guess      a reader of /proc meets two kinds of processes: those that are there, and those whose files are gone, ENOENT
#            or ESRCH. Whatever else open(2) says is a fault.
# Behaviour  a zombie is there, and each group of its files fails in a way of its own: no mounts any more is EINVAL, no
#            memory is ESRCH in some files and an empty file in others, no open files and no file system is ENOENT for
#            a link and an empty folder for a list. What is left of its namespaces can be read: those of PIDs and users.
# So         a reader that takes EINVAL, or an empty cmdline, for a fault of its own breaks on a process that ends
#            while it looks. Read `stat` again, and let state Z explain the rest.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/look.py" <<'END'
import errno, os
pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays unreaped
def look(name):
    place = f'/proc/{pid}/{name}'
    try:
        if os.path.isdir(place) and not os.path.islink(place):
            return 'an empty folder' if not os.listdir(place) else 'a folder'
        if name.startswith('ns/'):
            return 'a link' if os.readlink(place) else ''
        if name in ('exe', 'cwd', 'root'):
            return os.readlink(place)
        return 'text' if open(place, 'rb').read(4096) else 'nothing'
    except OSError as error:
        return errno.errorcode[error.errno]
for group in (['mountinfo', 'mounts', 'mountstats'], ['environ', 'auxv', 'mem', 'smaps_rollup'], ['maps', 'smaps', 'cmdline'],
              ['exe', 'cwd', 'root'], ['fd', 'fdinfo'], ['ns/mnt', 'ns/net', 'ns/uts'], ['ns/pid', 'ns/user'],
              ['stat', 'status', 'limits', 'cgroup', 'uid_map']):
    answers = sorted({look(name) for name in group})
    print(', '.join(group) + ': ' + ' and '.join(answers))
END
echo "Linux $(uname -r | cut -d. -f1,2)"
python3 "$work/look.py" | tee "$work/seen"
[ "$(cat "$work/seen")" = 'mountinfo, mounts, mountstats: EINVAL
environ, auxv, mem, smaps_rollup: ESRCH
maps, smaps, cmdline: nothing
exe, cwd, root: ENOENT
fd, fdinfo: an empty folder
ns/mnt, ns/net, ns/uts: ENOENT
ns/pid, ns/user: a link
stat, status, limits, cgroup, uid_map: text' ]
echo 'as described'
# Seen:
#   Linux 6.18
#   mountinfo, mounts, mountstats: EINVAL
#   environ, auxv, mem, smaps_rollup: ESRCH
#   maps, smaps, cmdline: nothing
#   exe, cwd, root: ENOENT
#   fd, fdinfo: an empty folder
#   ns/mnt, ns/net, ns/uts: ENOENT
#   ns/pid, ns/user: a link
#   stat, status, limits, cgroup, uid_map: text
