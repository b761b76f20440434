/** Resource limits, as /proc/PID/limits names them; RLIMIT_… is their name in config.json. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const limits = (t: Translate): Table => ({
  'cpu time, RLIMIT_CPU': [t('Seconds on a CPU; then SIGXCPU.'), 'getrlimit(2)'],
  'file size, RLIMIT_FSIZE': [
    t('The largest size that it may write a file to; then SIGXFSZ.'),
    'getrlimit(2)',
  ],
  'data size, RLIMIT_DATA': [t('Its data and heap together.'), 'getrlimit(2)'],
  'stack size, RLIMIT_STACK': [t('The stack of its main thread.'), 'getrlimit(2)'],
  'core file size, RLIMIT_CORE': [t('0 writes none when it crashes.'), 'getrlimit(2)'],
  'resident set, RLIMIT_RSS': [t('Nothing: Linux does not enforce it.'), 'getrlimit(2)'],
  'processes, RLIMIT_NPROC': [
    t('Processes and threads of its real user, in its user namespace.'),
    'getrlimit(2)',
  ],
  'open files, RLIMIT_NOFILE': [
    t('One more than the highest descriptor that it may have.'),
    'getrlimit(2)',
  ],
  'locked memory, RLIMIT_MEMLOCK': [
    t('Memory that it may lock, so that it is not swapped out.'),
    'getrlimit(2)',
  ],
  'address space, RLIMIT_AS': [t('All of its mappings together.'), 'getrlimit(2)'],
  'file locks, RLIMIT_LOCKS': [t('Nothing: Linux does not enforce it.'), 'getrlimit(2)'],
  'pending signals, RLIMIT_SIGPENDING': [
    t('Signals that wait for processes of its real user.'),
    'getrlimit(2)',
  ],
  'msgqueue size, RLIMIT_MSGQUEUE': [
    t('Bytes in the POSIX message queues of its real user.'),
    'getrlimit(2)',
  ],
  'nice priority, RLIMIT_NICE': [
    t('How far it may lower its nice value: to 20 minus this.'),
    'getrlimit(2)',
  ],
  'realtime priority, RLIMIT_RTPRIO': [
    t('The highest priority that it may take under a real-time scheduling policy.'),
    'getrlimit(2)',
  ],
  'realtime timeout, RLIMIT_RTTIME': [
    t(
      'Microseconds of CPU time under a real-time scheduling policy without a blocking system call; then SIGXCPU.',
    ),
    'getrlimit(2)',
  ],
});
