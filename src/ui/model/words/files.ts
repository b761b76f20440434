/** Files of the kernel: below /proc (PID for whichever process), control groups, devices, and what maps IDs. Called by `word`. */
import type { Translate } from '../translate';
import { terms } from './terms';
import type { Table } from './WordTable';

export const files = (t: Translate): Table => ({
  '/proc': terms(t)['procfs']!,
  '/proc/PID': [
    t('What the kernel tells of one process. self is the one that looks.'),
    'proc_pid(5)',
  ],
  '/proc/PID/ns': [
    t('A link for each namespace of the process. The same number is the same namespace.'),
    'namespaces(7)',
  ],
  '/proc/PID/ns/pid_for_children': [
    t(
      'The PID namespace that its children are born in. After unshare that is another one than its own.',
    ),
    'pid_namespaces(7)',
  ],
  '/proc/PID/ns/time_for_children': [
    t('The time namespace that its children are born in.'),
    'time_namespaces(7)',
  ],
  '/proc/PID/uid_map': [
    t(
      'Which users inside are which outside: first ID inside, first ID outside, how many. It is written once.',
    ),
    'user_namespaces(7)',
  ],
  '/proc/PID/gid_map': [
    t(
      'Which groups inside are which outside: first ID inside, first ID outside, how many. It is written once.',
    ),
    'user_namespaces(7)',
  ],
  '/proc/PID/setgroups': [
    t('Whether setgroups(2) is allowed. Without privileges deny has to be written before gid_map.'),
    'user_namespaces(7)',
  ],
  '/proc/PID/root': [
    t('Its root directory. The link leads there, through its mount namespace.'),
    'proc_pid_root(5)',
  ],
  '/proc/PID/cwd': [t('Its working directory.'), 'proc_pid_cwd(5)'],
  '/proc/PID/exe': [t('The program that it executes.'), 'proc_pid_exe(5)'],
  '/proc/PID/status': [
    t(
      'State, IDs, capabilities, memory and more, for people. NSpid has its PID in each PID namespace.',
    ),
    'proc_pid_status(5)',
  ],
  '/proc/PID/stat': [
    t('State, parent, times and more, on one line for programs.'),
    'proc_pid_stat(5)',
  ],
  '/proc/PID/mountinfo': [
    t('The mount table of its mount namespace, as far as it is below its root.'),
    'proc_pid_mountinfo(5)',
  ],
  '/proc/PID/mounts, /proc/mounts': [
    t('The mount table in the form of fstab.'),
    'proc_pid_mounts(5)',
  ],
  '/proc/PID/cgroup': [
    t('Its control group, as the cgroup namespace of who reads it names it.'),
    'cgroups(7)',
  ],
  '/proc/PID/fd': [
    t('Its open files: 0 is its input, 1 its output, 2 its errors.'),
    'proc_pid_fd(5)',
  ],
  '/proc/PID/cmdline': [
    t('The program and its arguments, with a NUL behind each.'),
    'proc_pid_cmdline(5)',
  ],
  '/proc/PID/comm': [t('The short name of the program, 15 bytes at most.'), 'proc_pid_comm(5)'],
  '/proc/PID/environ': [
    t('Its environment as it was when the program began.'),
    'proc_pid_environ(5)',
  ],
  '/proc/PID/limits': [t('Its resource limits.'), 'proc_pid_limits(5)'],
  '/proc/PID/maps': [t('What is mapped where in its memory.'), 'proc_pid_maps(5)'],
  '/proc/PID/task': [t('Its threads.'), 'proc_pid_task(5)'],
  '/proc/PID/oom_score_adj': [
    t('How readily the kernel kills it when memory runs out: from -1000, never, to 1000.'),
    'proc_pid_oom_score_adj(5)',
  ],
  '/proc/PID/timens_offsets': [
    t('The offsets of the clocks of its time namespace.'),
    'time_namespaces(7)',
  ],
  '/proc/sys': [
    t('Parameters of the kernel. Some belong to a namespace, most to the whole machine.'),
    'proc_sys(5)',
  ],
  '/proc/sys/kernel/hostname': [
    t('The hostname of the UTS namespace of who reads it.'),
    'uts_namespaces(7)',
  ],
  '/proc/sys/kernel/domainname': [
    t('The NIS domain name of the UTS namespace of who reads it.'),
    'uts_namespaces(7)',
  ],
  '/proc/filesystems': [
    t('The types of filesystems that this kernel knows.'),
    'proc_filesystems(5)',
  ],
  '/proc/uptime': [
    t('Seconds since the machine was started, by the boot-time clock of the time namespace.'),
    'proc_uptime(5)',
  ],
  '/proc/meminfo': [t('The memory of the whole machine, in a container too.'), 'proc_meminfo(5)'],
  '/proc/kcore': [
    t('The memory of the whole machine as a file: root may read it.'),
    'proc_kcore(5)',
  ],
  '/proc/sysrq-trigger': [
    t('A letter that is written here acts on the whole machine: b reboots it at once.'),
    'proc_sysrq-trigger(5)',
  ],
  '/sys/fs/cgroup': [t('The tree of control groups: a folder is a group.'), 'cgroups(7)'],
  'cgroup.procs': [
    t('The processes of the group. Writing a PID here moves that process in.'),
    'cgroups(7)',
  ],
  'cgroup.controllers': [t('The controllers that the group may use.'), 'cgroups(7)'],
  'cgroup.subtree_control': [t('The controllers that the groups below may use.'), 'cgroups(7)'],
  'cgroup.kill': [
    t('Writing 1 ends every process of the group and of those below it.'),
    'cgroups(7)',
  ],
  'cgroup.freeze': [
    t('Writing 1 freezes every process of the group and of those below it.'),
    'cgroups(7)',
  ],
  'cgroup.events': [
    t('Whether the group holds processes, and whether they are frozen.'),
    'cgroups(7)',
  ],
  'memory.max, memory.limit_in_bytes': [
    t('Maximum memory; where no more can be reclaimed, a process in the cgroup is killed.'),
    'cgroups(7)',
  ],
  'memory.high': [
    t('Above this limit the cgroup is throttled and its memory is reclaimed.'),
    'cgroups(7)',
  ],
  'memory.swap.max': [t('Maximum swap.'), 'cgroups(7)'],
  'memory.current': [t('The memory that the group uses now.'), 'cgroups(7)'],
  'pids.max': [
    t('Maximum number of processes and threads; a further fork(2) fails.'),
    'cgroups(7)',
  ],
  'pids.current': [t('How many processes and threads the group has now.'), 'cgroups(7)'],
  'cpu.max': [
    t('CPU time, in microseconds, that it gets in each period of the second length.'),
    'cgroups(7)',
  ],
  'cpu.cfs_quota_us': [
    t('CPU time, in microseconds, that it gets in each period of cpu.cfs_period_us.'),
    'cgroups(7)',
  ],
  'cpu.weight': [t('Its share of CPU time beside other groups: 100 is usual.'), 'cgroups(7)'],
  'cpuset.cpus': [t('The CPUs that it may run on.'), 'cpuset(7)'],
  '/dev/null': [t('Swallows what is written, and is always at its end.'), 'null(4)'],
  '/dev/zero': [t('Gives as many zero bytes as are read.'), 'null(4)'],
  '/dev/full': [t('A write fails with ENOSPC, as on a full disk.'), 'full(4)'],
  '/dev/random, /dev/urandom': [t('Random bytes from the kernel.'), 'random(4)'],
  '/dev/tty': [t('The controlling terminal of the process that opens it.'), 'tty(4)'],
  '/dev/console': [
    t('The system console; in a container the terminal of PID 1.'),
    'console_codes(4)',
  ],
  '/dev/pts': [t('The pseudo-terminals of a devpts.'), 'pts(4)'],
  '/dev/ptmx, /dev/pts/ptmx': [t('Opening it makes a new pseudo-terminal.'), 'ptmx(4)'],
  '/dev/shm': [t('POSIX shared memory, as files of a tmpfs.'), 'shm_overview(7)'],
  '/dev/mqueue': [t('POSIX message queues, as files.'), 'mq_overview(7)'],
  '/dev/fd': [t('A link to /proc/self/fd: the open files of who looks.'), 'proc_pid_fd(5)'],
  '/dev/stdin': [t('A link to /proc/self/fd/0, the standard input.'), 'stdin(3)'],
  '/dev/stdout': [t('A link to /proc/self/fd/1, the standard output.'), 'stdin(3)'],
  '/dev/stderr': [t('A link to /proc/self/fd/2, the standard error.'), 'stdin(3)'],
  '/etc/subuid': [
    t('The ranges of user IDs that each user may map in a user namespace.'),
    'subuid(5)',
  ],
  '/etc/subgid': [
    t('The ranges of group IDs that each user may map in a user namespace.'),
    'subgid(5)',
  ],
  '/etc/passwd': [t('The users, with their IDs, home folders and shells.'), 'passwd(5)'],
  '/etc/hostname': [t('The hostname that is set when the machine starts.'), 'hostname(5)'],
});

/** One process stands for all, and a folder without its slash: `/proc/4711/ns/` → `/proc/PID/ns`. */
export function fileName(name: string): string {
  const path = name
    .replace(/(?<=.)\/+$/, '')
    .replace(
      /^\/proc\/(?:\d+|self|thread-self|curproc|\$\$|\$[{(]?\w+[)}]?|PID)(?=\/|$)/,
      '/proc/PID',
    );
  if (/^\/proc\/PID\/(?:ns|fd|task)\/./.test(path) && !path.endsWith('_for_children'))
    return path.split('/').slice(0, 4).join('/');
  return path.startsWith('/sys/fs/cgroup/')
    ? (cgroupFile.exec(path)?.[0] ?? '/sys/fs/cgroup')
    : path;
}

const cgroupFile = /(?<=\/)(?:cgroup|memory|pids|cpu|cpuset)\.[\w.]+$/;
