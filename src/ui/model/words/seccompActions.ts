/** Actions of linux.seccomp: what the filter does with a system call. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const seccompActions = (t: Translate): Table => ({
  SCMP_ACT_ALLOW: [t('The system call is carried out.'), 'seccomp(2)'],
  SCMP_ACT_ERRNO: [
    t('The system call is not carried out: it fails with an error, EPERM unless another is given.'),
    'seccomp(2)',
  ],
  SCMP_ACT_KILL_PROCESS: [t('The process is ended at once, as by SIGSYS.'), 'seccomp(2)'],
  'SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD': [
    t('The thread that calls is ended at once, and the others go on.'),
    'seccomp(2)',
  ],
  SCMP_ACT_TRAP: [
    t('The system call is not carried out: the thread gets SIGSYS, which it may handle.'),
    'seccomp(2)',
  ],
  SCMP_ACT_TRACE: [t('A tracer decides. Without one the call fails with ENOSYS.'), 'seccomp(2)'],
  SCMP_ACT_LOG: [t('The system call is carried out, and written to the audit log.'), 'seccomp(2)'],
  SCMP_ACT_NOTIFY: [t('Another process decides, by way of a descriptor.'), 'seccomp_unotify(2)'],
});
