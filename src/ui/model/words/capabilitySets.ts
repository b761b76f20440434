/** The sets of capabilities of a process, no_new_privs and seccomp. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const capabilitySets = (t: Translate): Table => ({
  effective: [t('What the kernel checks at this moment.'), 'capabilities(7)'],
  permitted: [t('Capabilities that it may make effective.'), 'capabilities(7)'],
  bounding: [
    t('The upper limit for it and its children, even through set-user-ID-root programs.'),
    'capabilities(7)',
  ],
  inheritable: [
    t('Kept across execve(2) where the file’s inheritable set has them too.'),
    'capabilities(7)',
  ],
  ambient: [t('Kept across execve(2) of an ordinary program.'), 'capabilities(7)'],
  'no_new_privs, noNewPrivileges': [
    t(
      'No program that it starts gains privileges: set-user-ID bits and file capabilities have no effect.',
    ),
    'prctl(2)',
  ],
  seccomp: [
    t(
      'A filter looks at each system call, and lets some of them fail. “linux.seccomp” in config.json lists which. The kernel does not tell it again.',
    ),
    'seccomp(2)',
  ],
});
