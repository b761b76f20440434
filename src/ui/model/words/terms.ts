/** What is shown of a process in evidence and panels beside the rest: PIDs, parent, hostname. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const terms = (t: Translate): Table => ({
  PID: [
    t('A process has one PID in its PID namespace, and another in each one above that.'),
    'pid_namespaces(7)',
  ],
  'PID 1': [
    t(
      'The first process of a PID namespace: it adopts orphans, and gets no signal from inside that it does not handle. Its end ends all others.',
    ),
    'pid_namespaces(7)',
  ],
  parent: [
    t('The process that started it, or adopted it. It asks for the exit status, and so reaps it.'),
    'credentials(7)',
  ],
  'process in front': [
    t('The process that the terminal belongs to: it gets what is typed.'),
    'credentials(7)',
  ],
  children: [
    t('unshare(2) changes the PID namespace of children alone: no process changes its own PID.'),
    'pid_namespaces(7)',
  ],
  'root directory': [
    t(
      'Where an absolute path begins. chroot changes that alone, and an open file outside of it stays open.',
    ),
    'path_resolution(7)',
  ],
  'working directory': [
    t('Where a relative path begins. chroot does not change it.'),
    'path_resolution(7)',
  ],
  mounts: [
    t('The mount table of its mount namespace, as far as its root directory shows it.'),
    'mount_namespaces(7)',
  ],
  hostname: [t('A name that belongs to the UTS namespace.'), 'uts_namespaces(7)'],
  cgroup: [
    t('The group in which its memory, CPU time and processes are counted and limited.'),
    'cgroups(7)',
  ],
  capabilities: [
    t('What root may do, in parts. They count in their user namespace and in those below it.'),
    'capabilities(7)',
  ],
  user: [
    t('An ID is a number inside and another outside, as the map of the user namespace says.'),
    'user_namespaces(7)',
  ],
  namespaces: [
    t('A namespace is a view of one part of the system: who is in the same one sees the same.'),
    'namespaces(7)',
  ],
  procfs: [
    t(
      'The kernel’s view of processes: a procfs shows those of the PID namespace that it was mounted in.',
    ),
    'proc(5)',
  ],
});
