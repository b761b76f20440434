/** Where a process lives: program, working directory, root. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const places = (t: Translate): Table => ({
  program: [t('The file that it runs.'), 'proc_pid_exe(5)'],
  folder: [t('Where its relative paths begin.'), 'proc_pid_cwd(5)'],
  root: [t('Where its absolute paths begin.'), 'proc_pid_root(5)'],
});
