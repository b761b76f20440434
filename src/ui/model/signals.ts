/** The signals of "Send Signal…", with their purpose (signal(7)). */

import { translatable } from '../../core/text/translatable';

export interface SignalChoice {
  readonly name: string;
  readonly meaning: string;
}

/** Ordered by how often they are used. */
export const signalChoices: readonly SignalChoice[] = [
  {
    name: 'SIGTERM',
    meaning: translatable('Asks it to end. It may clean up first, or ignore it.'),
  },
  { name: 'SIGKILL', meaning: translatable('Ends it at once. It cannot be caught or ignored.') },
  { name: 'SIGINT', meaning: translatable('What Ctrl+C sends: interrupts what it is doing.') },
  {
    name: 'SIGHUP',
    meaning: translatable('Its terminal is gone. Many daemons read their configuration again.'),
  },
  { name: 'SIGQUIT', meaning: translatable('What Ctrl+\\ sends: ends it with a core dump.') },
  {
    name: 'SIGSTOP',
    meaning: translatable('Pauses it. It cannot be caught; SIGCONT lets it go on.'),
  },
  { name: 'SIGCONT', meaning: translatable('Lets a paused process go on.') },
  { name: 'SIGTSTP', meaning: translatable('What Ctrl+Z sends: asks it to pause.') },
  { name: 'SIGUSR1', meaning: translatable('Means what the program says it means.') },
  { name: 'SIGUSR2', meaning: translatable('Means what the program says it means.') },
  { name: 'SIGWINCH', meaning: translatable('Its terminal has another size.') },
  { name: 'SIGCHLD', meaning: translatable('A child has ended: reminds a parent to reap it.') },
  { name: 'SIGABRT', meaning: translatable('Ends it with a core dump, as abort(3) does.') },
  { name: 'SIGALRM', meaning: translatable('A timer has run out.') },
  ...Array.from({ length: 31 }, (_, n) => ({
    name: n === 0 ? 'SIGRTMIN' : `SIGRTMIN+${n}`,
    meaning: translatable(
      'A real-time signal: means what the program says it means, and each one sent arrives.',
    ),
  })),
];
