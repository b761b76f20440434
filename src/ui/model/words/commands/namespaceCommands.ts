/** What makes namespaces, enters them, and maps IDs: unshare, nsenter, newuidmap, lsns. Called by `word`. */
import type { Translate } from '../../translate';
import type { Commands } from '../WordTable';

export const namespaceCommands = (t: Translate): Commands => ({
  unshare: {
    section: 'unshare(1)',
    text: t('Makes new namespaces, one for each option, and starts a program in them.'),
    options: {
      '--pid, -p': t('A new PID namespace: what is started from now on is counted in it, from 1.'),
      '--mount, -m': t(
        'A new mount namespace: a copy of the mount table, in which a change stays private.',
      ),
      '--uts, -u': t('A new UTS namespace: a hostname that is set in it is not the machine’s.'),
      '--ipc, -i': t('A new IPC namespace: System V IPC and POSIX message queues of its own.'),
      '--net, -n': t(
        'A new network namespace: it has a loopback interface that is down, and nothing else.',
      ),
      '--user, -U': t(
        'A new user namespace: all capabilities in it, and none outside. It needs no privileges, where the machine allows it.',
      ),
      '--cgroup, -C': t(
        'A new cgroup namespace: the cgroup that it is in looks like the root of the tree.',
      ),
      '--time, -T': t('A new time namespace: its monotonic and boot-time clocks may have offsets.'),
      '--fork, -f': t(
        'Starts the program as a child. Only a child is in the new PID namespace: a process never changes its own PID.',
      ),
      '--mount-proc': t(
        'Mounts a new procfs at /proc just before the program starts, so that ps shows the new PID namespace. It implies a mount namespace.',
      ),
      '--kill-child': t(
        'When unshare ends, the kernel sends the child a signal: SIGKILL, unless another is given.',
      ),
      '--map-root-user, -r': t('Maps your own user and group to root of the new user namespace.'),
      '--map-current-user, -c': t(
        'Maps your own user and group to the same numbers in the new user namespace.',
      ),
      '--map-auto': t('Maps your subordinate IDs from /etc/subuid and /etc/subgid.'),
      '--map-users': t('Maps a range of user IDs: outside, inside and how many.'),
      '--map-groups': t('Maps a range of group IDs: outside, inside and how many.'),
      '--keep-caps': t(
        'The program keeps the capabilities of the new user namespace, although it is not root in it.',
      ),
      '--propagation': t(
        'How mounts travel between the new mount namespace and the old one. Without it unshare makes them private.',
      ),
      '--root, -R': t('The program gets this folder as its root directory.'),
      '--wd, -w': t('The program starts in this working directory.'),
      '--monotonic': t('How far the monotonic clock of the new time namespace is off, in seconds.'),
      '--boottime': t('How far the boot-time clock of the new time namespace is off, in seconds.'),
      '--setgroups': t('Whether setgroups(2) is allowed in the new user namespace: allow or deny.'),
      '--setuid, -S': t('The user ID that the program gets in the new namespace.'),
      '--setgid, -G': t('The group ID that the program gets in the new namespace.'),
    },
  },
  nsenter: {
    section: 'nsenter(1)',
    text: t('Enters namespaces of another process, and starts a program in them.'),
    options: {
      '--target, -t': t('The process whose namespaces are entered.'),
      '--all, -a': t('Enters all namespaces of the target that are others than its own.'),
      '--mount, -m': t('Enters the mount namespace.'),
      '--pid, -p': t('Enters the PID namespace: what it starts is born there.'),
      '--uts, -u': t('Enters the UTS namespace.'),
      '--ipc, -i': t('Enters the IPC namespace.'),
      '--net, -n': t('Enters the network namespace.'),
      '--user, -U': t('Enters the user namespace, and becomes root of it unless it keeps its IDs.'),
      '--cgroup, -C': t('Enters the cgroup namespace.'),
      '--time, -T': t('Enters the time namespace.'),
      '--wd, -w': t(
        'Sets the working directory: to the target’s unless a folder is given. It needs no path.',
      ),
      '--root, -r': t('Sets the root directory: to the target’s unless a folder is given.'),
      '--preserve-credentials': t(
        'Keeps user and group IDs as they are when it enters a user namespace.',
      ),
      '--no-fork, -F': t('Does not fork before the program is started.'),
      '--setuid, -S': t('The user ID that the program gets.'),
      '--setgid, -G': t('The group ID that the program gets.'),
    },
  },
  newuidmap: {
    section: 'newuidmap(1)',
    text: t(
      'Writes the user ID map of a user namespace: ID inside, ID outside, how many. It allows the ranges of /etc/subuid.',
    ),
  },
  newgidmap: {
    section: 'newgidmap(1)',
    text: t(
      'Writes the group ID map of a user namespace: ID inside, ID outside, how many. It allows the ranges of /etc/subgid.',
    ),
  },
  lsns: {
    section: 'lsns(8)',
    text: t('Lists the namespaces of the machine, as /proc tells of them.'),
    options: {
      '--type, -t': t('Only namespaces of this type.'),
      '--task, -p': t('Only the namespaces of this process.'),
      '--output, -o': t('Which columns it shows.'),
      '--noheadings, -n': t('Without the line of headings.'),
      '--list, -l': t('As a list in place of a tree.'),
    },
  },
  ip: {
    section: 'ip(8)',
    text: t('Shows and sets network interfaces, addresses and routes of its network namespace.'),
    options: {
      '-brief, -br': t('One short line for each interface.'),
    },
  },
  hostname: {
    section: 'hostname(1)',
    text: t('Shows the hostname of its UTS namespace, or sets it. Setting it needs CAP_SYS_ADMIN.'),
    options: {
      '--file, -F': t('Reads the name from a file.'),
    },
  },
  domainname: {
    section: 'domainname(1)',
    text: t('Shows the NIS domain name of its UTS namespace, or sets it.'),
  },
  uname: {
    section: 'uname(1)',
    text: t(
      'Tells the kernel’s name and version; its node name is the hostname of the UTS namespace.',
    ),
    options: {
      '--all, -a': t('Everything that it knows.'),
      '--nodename, -n': t('The hostname of its UTS namespace.'),
      '--kernel-release, -r': t(
        'The version of the kernel: host and containers share the one kernel.',
      ),
      '--machine, -m': t('The architecture, such as x86_64.'),
    },
  },
});
