/** The sections of the document about a process: their headings, manual pages and explanations. */
import * as vscode from 'vscode';

/** `about` is the hover of the heading. */
export interface Section {
  readonly title: string;
  readonly manual: string;
  readonly about: string;
}

export type SectionName =
  | 'ids'
  | 'namespaces'
  | 'capabilities'
  | 'places'
  | 'cgroup'
  | 'limits'
  | 'files'
  | 'sockets'
  | 'memory'
  | 'mounts'
  | 'environment';

export function sections(): Record<SectionName, Section> {
  const { t } = vscode.l10n;
  return {
    ids: {
      title: t('Users and groups'),
      manual: 'credentials(7)',
      about: t(
        'The real ids say whose process it is, the effective ones what it may do. Inside is what it sees itself, outside what the host sees: they differ in a user namespace.',
      ),
    },
    namespaces: {
      title: t('Namespaces'),
      manual: 'namespaces(7)',
      about: t(
        'What of the system it sees. A number is the namespace itself: the same number, the same namespace.',
      ),
    },
    capabilities: {
      title: t('Privileges'),
      manual: 'capabilities(7)',
      about: t(
        'What root may do, in parts. Effective ones count now; the bounding set is the most that a program started from here can get.',
      ),
    },
    places: {
      title: t('Program and folders'),
      manual: 'proc_pid_cwd(5)',
      about: t('Paths as the container sees them.'),
    },
    cgroup: {
      title: t('Control groups'),
      manual: 'cgroups(7)',
      about: t('The groups in which its memory, CPU time and processes are counted and limited.'),
    },
    limits: {
      title: t('Resource limits'),
      manual: 'getrlimit(2)',
      about: t('The soft limit is in force; the process may raise it up to the hard one.'),
    },
    files: {
      title: t('Open files'),
      manual: 'proc_pid_fd(5)',
      about: t('Its descriptors: 0 is its input, 1 its output, 2 its errors.'),
    },
    sockets: {
      title: t('Sockets'),
      manual: 'proc_pid_net(5)',
      about: t('TCP, UDP and unix sockets among its open files.'),
    },
    memory: {
      title: t('Memory'),
      manual: 'proc_pid_smaps(5)',
      about: t(
        'Rss is all that is in memory; Pss divides what is shared by those who share it; Private is its alone.',
      ),
    },
    mounts: {
      title: t('Mounts'),
      manual: 'mount_namespaces(7)',
      about: t('What its mount namespace has where.'),
    },
    environment: {
      title: t('Environment'),
      manual: 'environ(7)',
      about: t(
        'As it was when the program began; what the program has changed since is not in it. It may hold secrets.',
      ),
    },
  };
}
