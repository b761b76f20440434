/** Namespaces by their file in /proc/PID/ns (namespaces(7)). Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const namespaces = (t: Translate): Table => ({
  pid: [t('Which processes there are, and their numbers.'), 'pid_namespaces(7)'],
  'mnt, mount': [t('Which file systems are mounted where.'), 'mount_namespaces(7)'],
  'net, network': [
    t('Network interfaces, addresses, routes, ports and firewall rules.'),
    'network_namespaces(7)',
  ],
  uts: [t('The host name.'), 'uts_namespaces(7)'],
  ipc: [t('System V IPC and POSIX message queues.'), 'ipc_namespaces(7)'],
  user: [t('User and group ids, and the scope of capabilities.'), 'user_namespaces(7)'],
  cgroup: [t('The root of the cgroup tree as seen inside.'), 'cgroup_namespaces(7)'],
  time: [t('Offsets of the monotonic and boot-time clocks.'), 'time_namespaces(7)'],
});
