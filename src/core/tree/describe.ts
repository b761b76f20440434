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

/** A word or two: `running`, `waiting for disk`, `zombie`. */
export function describeState(state: ProcessState): string {
  return words[state];
}
