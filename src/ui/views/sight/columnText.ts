/** The columns of the table of sights: what each one is, and its pages of the manual. Called by the panel and by `explainCell`. */
import type { SightColumn } from '../../../core/sight/sightLine';
import type { Translate } from '../../model/translate';

interface ColumnText {
  readonly title: string;
  /** A sentence or two. */
  readonly what: string;
  readonly manual: string;
}

export function columnText(column: SightColumn, t: Translate): ColumnText {
  const texts: Readonly<Record<SightColumn, ColumnText>> = {
    process: {
      title: t('Process'),
      what: t(
        'A running program, by the name that the kernel has for it. It may choose that name.',
      ),
      manual: 'proc_pid_comm(5)',
    },
    parent: {
      title: t('Parent'),
      what: t(
        'The process that started it, or that adopted it when that one ended. It is told when this one ends, and asks for its exit status.',
      ),
      manual: 'fork(2), wait(2)',
    },
    pidInside: {
      title: t('PID inside'),
      what: t('Its number in its own PID namespace: what it has for itself, as in echo $$.'),
      manual: 'pid_namespaces(7)',
    },
    pidOutside: {
      title: t('PID outside'),
      what: t(
        'Its number on this machine. A process has a number in its own PID namespace and in each one above: those outside see it, and it does not see them.',
      ),
      manual: 'pid_namespaces(7)',
    },
    namespaces: {
      title: t('Own namespaces'),
      what: t(
        'A namespace decides which processes, mounts, hostname, network, users there are for the processes in it. Listed are those that are not this machine’s.',
      ),
      manual: 'namespaces(7)',
    },
    root: {
      title: t('Filesystem root'),
      what: t('The folder in which its absolute paths begin. They name nothing outside of it.'),
      manual: 'chroot(2), pivot_root(2), path_resolution(7)',
    },
    userInside: {
      title: t('User inside'),
      what: t('Who it is to itself: its effective user ID, as its own user namespace counts.'),
      manual: 'user_namespaces(7), credentials(7)',
    },
    userOutside: {
      title: t('User outside'),
      what: t(
        'Who it is for this machine: what it does to files and processes is checked against this user.',
      ),
      manual: 'user_namespaces(7), credentials(7)',
    },
    hostname: {
      title: t('Hostname'),
      what: t('The name of the machine, as its UTS namespace has it.'),
      manual: 'uts_namespaces(7), sethostname(2)',
    },
    capabilities: {
      title: t('Capabilities'),
      what: t(
        'The rights of root, one by one: those that the kernel checks at this moment (the effective set).',
      ),
      manual: 'capabilities(7)',
    },
  };
  return texts[column];
}
