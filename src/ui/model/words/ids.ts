/** The users and groups of a process (credentials(7)), and their maps. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const ids = (t: Translate): Table => ({
  'real user': [t('The owner of the process: decides who may signal it.'), 'credentials(7)'],
  'real group': [t('The primary group of the user who started it.'), 'credentials(7)'],
  'effective user': [
    t('Used for permission checks: files, signals, other processes.'),
    'credentials(7)',
  ],
  'effective group': [
    t('Used for permission checks on files, with the supplementary groups.'),
    'credentials(7)',
  ],
  'saved user': [t('What it may change its effective user back to.'), 'credentials(7)'],
  'saved group': [t('What it may change its effective group back to.'), 'credentials(7)'],
  'filesystem user': [
    t('Same as the effective one, unless the program changed it (setfsuid(2), setfsgid(2)).'),
    'credentials(7)',
  ],
  'filesystem group': [
    t('Same as the effective one, unless the program changed it (setfsuid(2), setfsgid(2)).'),
    'credentials(7)',
  ],
  map: [
    t(
      'First ID inside, first ID outside, how many. An ID that it does not name is 65534 (nobody) inside.',
    ),
    'user_namespaces(7)',
  ],
});
