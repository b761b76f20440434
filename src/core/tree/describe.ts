/** Words for what a process is doing, in English: the Processes view translates them. */
import type { ProcessState } from '../../protocol/processState';
import { translatable } from '../text/translatable';

/** proc_pid_stat(5), field 3, in words that need no manual. */
const words: Record<ProcessState, string> = {
  R: translatable('running'),
  S: translatable('sleeping'),
  D: translatable('waiting for disk'),
  Z: translatable('zombie'),
  T: translatable('stopped'),
  t: translatable('stopped by a debugger'),
  X: translatable('dead'),
  I: translatable('idle'),
  P: translatable('parked'),
  K: translatable('waiting for disk'),
  W: translatable('waking'),
  '?': translatable('unknown'),
};

/** What the word means, for a tooltip; nothing for states that explain themselves. */
const explanations: Partial<Record<ProcessState, string>> = {
  D: translatable(
    'Uninterruptible sleep: it waits in the kernel, mostly for a disk, and takes no signal meanwhile.',
  ),
  K: translatable('Uninterruptible sleep that only SIGKILL ends.'),
  Z: translatable('It has ended; its parent has not yet asked for its exit status.'),
  T: translatable('Stopped by a signal; SIGCONT lets it go on.'),
  t: translatable('A debugger or tracer holds it.'),
};

/** A word or two: `running`, `waiting for disk`, `zombie`. */
export function describeState(state: ProcessState): string {
  return words[state];
}

/** One sentence where the word alone is not enough. */
export function explainState(state: ProcessState): string | undefined {
  return explanations[state];
}
