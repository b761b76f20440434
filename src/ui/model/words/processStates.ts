/** States of processes, by their letter (proc_pid_stat(5), field 3). Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const processStates = (t: Translate): Table => ({
  R: [t('It runs on a CPU, or waits for one.'), 'proc_pid_stat(5)'],
  S: [t('It waits for something, such as input; a signal wakes it.'), 'proc_pid_stat(5)'],
  D: [
    t(
      'Uninterruptible sleep: it waits in the kernel, mostly for a disk, and takes no signal meanwhile.',
    ),
    'proc_pid_stat(5)',
  ],
  K: [t('Uninterruptible sleep that only SIGKILL ends.'), 'proc_pid_stat(5)'],
  Z: [t('It has ended; its parent has not yet asked for its exit status.'), 'proc_pid_stat(5)'],
  T: [t('Stopped by a signal; SIGCONT lets it go on.'), 'proc_pid_stat(5)'],
  t: [t('A debugger or tracer holds it.'), 'proc_pid_stat(5)'],
  X: [t('It has ended, and is about to disappear.'), 'proc_pid_stat(5)'],
  I: [t('A thread of the kernel that has nothing to do.'), 'proc_pid_stat(5)'],
  P: [
    t('A thread of the kernel that is parked, because its CPU is taken offline.'),
    'proc_pid_stat(5)',
  ],
  W: [t('It is being woken up.'), 'proc_pid_stat(5)'],
  '?': [t('A state that Terrarium does not know.'), 'proc_pid_stat(5)'],
});
