/** Columns of ps -o and lsns -o. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const columns = (t: Translate): Table => ({
  pid: [t('Its PID, as the procfs that ps reads counts.'), 'ps(1)'],
  ppid: [t('The PID of its parent: 0 where that is outside of the PID namespace.'), 'ps(1)'],
  'stat, state, s': [
    t('Its state: R running, S sleeping, D waiting for disk, Z zombie, T stopped.'),
    'ps(1)',
  ],
  'comm, ucmd': [t('The short name of its program.'), 'ps(1)'],
  'args, cmd, command': [t('Its program with all arguments.'), 'ps(1)'],
  'user, euser, uid, euid': [t('Its effective user.'), 'ps(1)'],
  'pgid, pgrp': [t('Its process group.'), 'ps(1)'],
  'sid, sess': [t('Its session.'), 'ps(1)'],
  'tty, tname, tt': [t('Its controlling terminal.'), 'ps(1)'],
  'pidns, mntns, netns, utsns, ipcns, userns, cgroupns, timens': [
    t('The inode number of that namespace: the same number, the same namespace.'),
    'ps(1)',
  ],
});
