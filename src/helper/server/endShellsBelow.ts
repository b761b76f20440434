/**
 * Ends the shells of a start that waits, and what they have left below its PID 1: that may have sessions of its
 * own (setsid(2)), and has the machine's root. Called by ManagedContainer.ts before the program begins.
 */
import { TerrariumError } from '../../core/errors';
import { allHaveEnded } from '../../core/procfs/parseStat';
import { killIfAlive } from '../host/killIfAlive';
import { childrenOf } from '../processes/childrenOf';
import { readStat } from '../processes/readStat';
import type { Sessions } from './Sessions';

/** Each finds what was forked since the one before. A process with a pending SIGKILL cannot fork(2). */
const maxLooks = 20;

/**
 * Orphans of a PID namespace are children of its PID 1, which waits and has none of its own.
 * @throws TerrariumError `shell-left`
 */
export async function endShellsBelow(
  pid1: number | undefined,
  sessions: Pick<Sessions, 'endAll'>,
): Promise<void> {
  await sessions.endAll();
  if (pid1 === undefined) return;
  const killed = new Set<number>();
  for (let looks = 0; looks < maxLooks; looks++) {
    const found = (await descendantsOf(pid1)).filter((pid) => !killed.has(pid));
    if (found.length === 0) return;
    for (const pid of found) {
      killIfAlive(pid, 'SIGKILL');
      killed.add(pid);
    }
  }
  throw new TerrariumError(
    'shell-left',
    'A shell of this start has left processes that make new ones faster than they can be ended.',
    'Stop the container, and start it again.',
  );
}

/** Without those that have ended: it is the program that reaps them. */
async function descendantsOf(pid1: number): Promise<number[]> {
  const found: number[] = [];
  const parents = [pid1];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop())
    for (const pid of await childrenOf(parent)) {
      parents.push(pid);
      const stat = await readStat(`/proc/${pid}`);
      if (stat && !allHaveEnded(stat)) found.push(pid);
    }
  return found;
}
