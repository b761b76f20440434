/** Namespaces by their file in /proc/PID/ns (namespaces(7)). Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const namespaces = (t: Translate): Table => ({
  pid: [
    t('It decides which processes are seen, and by which numbers. The first one in it is PID 1.'),
    'pid_namespaces(7)',
  ],
  'mnt, mount': [
    t('It decides which file systems are mounted where: a mount in it is seen in it alone.'),
    'mount_namespaces(7)',
  ],
  'net, network': [
    t('It holds network interfaces, addresses, routes, ports and firewall rules.'),
    'network_namespaces(7)',
  ],
  uts: [
    t('It holds the hostname: one that is set in it is not the machine’s.'),
    'uts_namespaces(7)',
  ],
  ipc: [t('It holds System V IPC objects and POSIX message queues.'), 'ipc_namespaces(7)'],
  user: [
    t('It says who the users in it are outside, and how far their capabilities reach.'),
    'user_namespaces(7)',
  ],
  cgroup: [t('It decides which cgroup is seen as the root of all.'), 'cgroup_namespaces(7)'],
  time: [t('It moves the monotonic and boot-time clocks.'), 'time_namespaces(7)'],
});
