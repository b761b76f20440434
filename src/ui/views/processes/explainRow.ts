/**
 * Explains a row of the lists of open files, sockets, mounts and cgroups, for the hover. Called by
 * `explainField`.
 */
import type { Translate } from '../../model/translate';

type Meanings = readonly (readonly [pattern: RegExp, meaning: string])[];

/** proc_pid_fd(5): `  3  socket:[4711]` */
export function explainFile(row: string, t: Translate): string[] {
  const [, descriptor, target = ''] = /^ *(\d+) {2,}(.*)$/.exec(row) ?? [];
  if (descriptor === undefined) return [];
  const standard = [t('Its standard input.'), t('Its standard output.'), t('Its standard error.')][
    Number(descriptor)
  ];
  const kinds: Meanings = [
    [/^socket:\[/, t('A socket: if it is a TCP, UDP or unix one, “Sockets” has it.')],
    [/^pipe:\[/, t('A pipe: the same number in brackets is the same pipe.')],
    [/^anon_inode:.*eventpoll/, t('epoll: waits for many descriptors at once.')],
    [
      /^anon_inode:.*eventfd/,
      t('eventfd: a counter by which threads and processes wake each other.'),
    ],
    [/^anon_inode:.*timerfd/, t('timerfd: a timer that is read like a file.')],
    [/^anon_inode:.*signalfd/, t('signalfd: signals that are read like a file.')],
    [/^anon_inode:.*inotify/, t('inotify: watches files for changes.')],
    [/^anon_inode:.*pidfd/, t('pidfd: another process, whatever becomes of its number.')],
    [/^anon_inode:.*io_uring/, t('io_uring: system calls by way of shared memory.')],
    [/^anon_inode:/, t('Something of the kernel’s that has no file.')],
    [/^\/memfd:/, t('Memory that can be passed on and mapped like a file.')],
    [/^\/dev\/(?:pts\/\d+|tty\d*|console)$/, t('A terminal.')],
    [/^\/dev\/null$/, t('Swallows what is written, and is always at its end.')],
    [/^\/dev\//, t('A device.')],
    [/ \(deleted\)$/, t('It has no name any more; its space is freed when it is closed.')],
    [/^\//, t('A file or folder.')],
  ];
  return [...(standard === undefined ? [] : [standard]), ...first(kinds, target)];
}

/** proc_pid_net(5): `tcp  127.0.0.1:80  0.0.0.0:0  listening` */
export function explainSocket(row: string, t: Translate): string[] {
  const protocols: Meanings = [
    [/^tcp/, t('TCP: local address, then peer address.')],
    [/^udp/, t('UDP: local address, then the peer it is connected to, if any.')],
    [/^unix stream/, t('Unix stream socket: a byte stream between processes of this machine.')],
    [/^unix datagram/, t('Unix datagram socket: messages between processes of this machine.')],
    [/^unix /, t('Unix socket between processes of this machine.')],
  ];
  const states: Meanings = [
    [/ listening$/, t('Waiting for connections.')],
    [/ (?:established|connected)$/, t('Connected: both sides can send.')],
    [/ connecting$/, t('The peer has not answered yet.')],
    [/ being accepted$/, t('The handshake of an incoming connection is not complete.')],
    [/ unconnected$/, t('It has no peer; a datagram socket accepts messages from any sender.')],
    [/ time wait$/, t('Closed; the port stays reserved for a while, for late packets.')],
    [/ closed by the other side$/, t('The peer has closed its side; this process has not.')],
    [/ closing$/, t('Being closed.')],
  ];
  const protocol = first(protocols, row.trim());
  return protocol.length === 0 ? [] : [...protocol, ...first(states, row)];
}

/** mount_namespaces(7): `/proc  proc  proc  rw,nosuid` */
export function explainMount(row: string, t: Translate): string[] {
  const type = row.trim().split(/ {2,}/)[1] ?? '';
  const kinds: Meanings = [
    [/^proc$/, t('The kernel’s view of processes, and its settings.')],
    [/^sysfs$/, t('The kernel’s view of devices and drivers.')],
    [/^devtmpfs$/, t('The device files of this machine, as the kernel makes them.')],
    [/^devpts$/, t('Pseudo-terminals.')],
    [/^mqueue$/, t('POSIX message queues, as files.')],
    [/^tmpfs$|^ramfs$/, t('Files in memory: gone with the mount.')],
    [/^cgroup2?$/, t('The tree of control groups.')],
    [/^overlay$/, t('Layers of folders that look like one; changes go into the topmost.')],
    [/^(?:nfs|cifs|9p|virtiofs|ceph|fuse)/, t('Files that another machine or program brings.')],
    [
      /^(?:ext[234]|xfs|btrfs|f2fs|zfs|vfat|squashfs|erofs)$/,
      t('Files on a disk, or a folder of it by bind mount.'),
    ],
    [/^\w+$/, t('A file system of this type.')],
  ];
  return first(kinds, type);
}

/** cgroups(7): `0::/box`, `4:memory:/box`, `memory.max  512 MiB  /box` */
export function explainCgroup(row: string, t: Translate): string[] {
  const rows: Meanings = [
    [/^0::/, t('Its cgroup in the unified hierarchy of version 2.')],
    [
      /^\d+:name=/,
      t('A hierarchy of version 1 without controllers: it groups processes, and limits nothing.'),
    ],
    [/^\d+:/, t('Its cgroup in a hierarchy of version 1, and the controllers of that hierarchy.')],
    [
      /^memory\.(?:max|limit_in_bytes) /,
      t('Maximum memory; where no more can be reclaimed, a process in the cgroup is killed.'),
    ],
    [/^memory\.high /, t('Above this limit the cgroup is throttled and its memory is reclaimed.')],
    [/^memory\.swap\.max /, t('Maximum swap.')],
    [/^pids\.max /, t('Maximum number of processes and threads; a further fork(2) fails.')],
    [
      /^cpu\.max /,
      t('CPU time, in microseconds, that it gets in each period of the second length.'),
    ],
    [
      /^cpu\.cfs_quota_us /,
      t('CPU time, in microseconds, that it gets in each period of cpu.cfs_period_us.'),
    ],
    [/^cpuset\.cpus /, t('The CPUs that it may run on.')],
  ];
  return first(rows, row.trim());
}

function first(meanings: Meanings, text: string): string[] {
  const found = meanings.find(([pattern]) => pattern.test(text));
  return found ? [found[1]] : [];
}
