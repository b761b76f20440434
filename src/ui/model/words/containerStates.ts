/** States of a container, in Terrarium and under the OCI runtime specification. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const containerStates = (t: Translate): Table => ({
  starting: [
    t('Its start sequence is being carried out; its program does not run yet.'),
    'namespaces(7)',
  ],
  running: [
    t('Its PID 1 runs. When that ends, the kernel ends every other process in it.'),
    'pid_namespaces(7)',
  ],
  stopping: [t('PID 1 has been asked to end. If it does not, SIGKILL follows.'), 'signal(7)'],
  stopped: [
    t('No process of it is left, and with the last one its namespaces have gone.'),
    'namespaces(7)',
  ],
  paused: [
    t('The kernel keeps its processes frozen: they stay in memory, and get no CPU time.'),
    'cgroups(7)',
  ],
});
