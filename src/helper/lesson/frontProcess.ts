/**
 * Finds the process in front of a terminal: the shell that shows its prompt there, however many programs it
 * was started through (sudo, unshare, chroot). Called by a lesson before it looks at that process.
 */
import type { ProcessStat } from '../../core/procfs/parseStat';
import { childrenOf } from '../processes/childrenOf';
import { boundedStat } from '../processes/boundedStat';

/** The processes of the machine; tests bring their own. */
export interface ProcessTable {
  /** @returns undefined where it has ended, /proc hides it, or the read blocks */
  stat(pid: number): Promise<ProcessStat | undefined>;
  childrenOf(pid: number): Promise<number[]>;
}

const thisMachine: ProcessTable = {
  stat: boundedStat,
  childrenOf,
};

/** Programs like sudo (`use_pty` of sudoers(5)) give what they start a terminal of its own. */
const maxTerminals = 8;
/** Processes that are looked at below one; a lesson has a handful. */
const maxLooked = 256;

/**
 * @param shell the first process of the terminal
 * @returns its PID; that of `shell` where nothing else is in front
 */
export async function frontProcess(shell: number, table = thisMachine): Promise<number> {
  let leader = shell;
  for (let depth = 0; depth < maxTerminals; depth++) {
    const stat = await table.stat(leader);
    if (!stat || stat.foregroundGroup === 0) break;
    const front = await foreground(leader, stat, table);
    const below = await firstBelow(front, table, (one) => isElsewhere(one, stat));
    if (below === undefined) return front;
    leader = below;
  }
  return leader;
}

/** It leads a session on another terminal. */
function isElsewhere(one: ProcessStat, { terminal }: ProcessStat): boolean {
  return one.terminal !== 0 && one.terminal !== terminal && one.session === one.pid;
}

/**
 * The process in front on its terminal. A shell without job control is in the group of what started it, so
 * the last of a group counts.
 */
async function foreground(pid: number, stat: ProcessStat, table: ProcessTable): Promise<number> {
  const group = stat.foregroundGroup;
  const isIn = (one: ProcessStat) => one.processGroup === group && one.terminal === stat.terminal;
  let last = isIn(stat) ? pid : await firstBelow(pid, table, isIn);
  if (last === undefined) return pid;
  for (let next: number | undefined = last; next !== undefined;) {
    last = next;
    next = undefined;
    for (const child of await table.childrenOf(last)) {
      const one = await table.stat(child);
      if (one && isIn(one)) next = child;
    }
  }
  return last;
}

/** Breadth first. */
async function firstBelow(
  pid: number,
  table: ProcessTable,
  accepts: (one: ProcessStat) => boolean,
): Promise<number | undefined> {
  const queue = await table.childrenOf(pid);
  for (let looked = 0; looked < Math.min(queue.length, maxLooked); looked++) {
    const child = queue[looked]!;
    const stat = await table.stat(child);
    if (stat && accepts(stat)) return child;
    queue.push(...(await table.childrenOf(child)));
  }
  return undefined;
}
