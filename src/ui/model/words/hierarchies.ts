/** The kinds of lines in /proc/PID/cgroup (cgroups(7)). Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const hierarchies = (t: Translate): Table => ({
  unified: [t('Its cgroup in the unified hierarchy of version 2.'), 'cgroups(7)'],
  named: [
    t('A hierarchy of version 1 without controllers: it groups processes, and limits nothing.'),
    'cgroups(7)',
  ],
  controllers: [
    t('Its cgroup in a hierarchy of version 1, and the controllers of that hierarchy.'),
    'cgroups(7)',
  ],
});
