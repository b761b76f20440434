/** Words for what a process is doing. Called by the Processes view. */
import type { ProcessState } from '../../protocol/processes';

/** proc_pid_stat(5), field 3, in words that need no manual. */
const words: Record<ProcessState, string> = {
  R: 'running',
  S: 'sleeping',
  D: 'waiting for disk',
  Z: 'zombie',
  T: 'stopped',
  t: 'stopped by a debugger',
  X: 'dead',
  I: 'idle',
  P: 'parked',
  K: 'waiting for disk',
  W: 'waking',
  '?': 'unknown',
};

/** What the word means, for a tooltip; nothing for states that explain themselves. */
const explanations: Partial<Record<ProcessState, string>> = {
  D: 'Uninterruptible sleep: it waits in the kernel, mostly for a disk, and takes no signal meanwhile.',
  K: 'Uninterruptible sleep that only SIGKILL ends.',
  Z: 'It has ended; its parent has not yet asked for its exit status.',
  T: 'Stopped by a signal; SIGCONT lets it go on.',
  t: 'A debugger or tracer holds it.',
};

/** A word or two: `running`, `waiting for disk`, `zombie`. */
export function describeState(state: ProcessState): string {
  return words[state];
}

/** One sentence where the word alone is not enough. */
export function explainState(state: ProcessState): string | undefined {
  return explanations[state];
}
