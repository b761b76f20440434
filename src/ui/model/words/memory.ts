/** The memory of a process (proc_pid_smaps(5)). Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const memory = (t: Translate): Table => ({
  Rss: [t('All resident pages; shared pages count in full.'), 'proc_pid_smaps(5)'],
  Pss: [
    t('Resident pages; each shared page is divided by the number of its users.'),
    'proc_pid_smaps(5)',
  ],
  'Private Clean': [
    t('Private pages that can be dropped: they are also on disk.'),
    'proc_pid_smaps(5)',
  ],
  'Private Dirty': [t('Private modified pages: what its exit would free.'), 'proc_pid_smaps(5)'],
  'Shared Clean': [
    t('Pages shared with others, mostly code of programs and libraries.'),
    'proc_pid_smaps(5)',
  ],
  Swap: [t('Pages that have been written out to swap.'), 'proc_pid_smaps(5)'],
});
