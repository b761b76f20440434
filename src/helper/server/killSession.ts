/**
 * Ends all processes of a session of a container. Called by Session.ts. Its program is a session leader
 * inside; its host parent then ends by itself. Killed at the same time, the parent could not reap it: without
 * a reaping init the machine would keep a zombie, and the container's end waits for it.
 */
import { type ProcessStat, allHaveEnded } from '../../core/procfs/parseStat';
import { killIfAlive } from '../host/killIfAlive';
import { boundedReads } from '../processes/BoundedReads';
import { childrenOf } from '../processes/childrenOf';
import { pidsHere } from '../processes/pidsHere';
import { readStat } from '../processes/readStat';

/** Most scans for processes forked since the last scan; a fork bomb ends with the container. */
const maxLooks = 20;

/** The processes of the machine; tests bring their own. */
export interface Machine {
  pids(): Promise<number[]>;
  /** @returns undefined where the read blocks */
  stat(pid: number): Promise<ProcessStat | 'gone' | undefined>;
  childrenOf(pid: number): Promise<number[]>;
  kill(pid: number, signal?: 'SIGCONT'): void;
}

const thisMachine: Machine = {
  pids: pidsHere,
  stat: (pid) => boundedReads.ask(pid, async () => (await readStat(`/proc/${pid}`)) ?? 'gone'),
  childrenOf,
  kill: killIfAlive,
};

/**
 * Sends no SIGSTOP before SIGKILL: nsenter(1) stops itself when its child stops, even after SIGCONT, and
 * could then not reap. A process with a pending SIGKILL cannot fork(2).
 * @param outside host PIDs of those that lead a session on the host, the first one first
 * @param isOver whether those have been reaped, so that their numbers may be others'
 */
export async function killSession(
  outside: readonly number[],
  isOver: () => boolean,
  machine = thisMachine,
): Promise<void> {
  const session = new SessionMembers(outside, machine);
  const killed = new Set<number>();
  let members = await session.look();
  for (let looks = 0; looks < maxLooks; looks++) {
    const inside = members.filter(
      (one) => !outside.includes(one.session ?? one.pid) && !killed.has(one.pid),
    );
    if (inside.length === 0) break;
    for (const one of inside) {
      if (await session.isStill(one)) machine.kill(one.pid);
      killed.add(one.pid);
    }
    members = await session.look();
  }
  if (isOver()) return;
  if (session.isWhole) {
    const waiting = members.filter((one) => outside.includes(one.session ?? one.pid));
    // Its program may have stopped itself, and nsenter with it.
    for (const { pid } of waiting) machine.kill(pid, killed.size > 0 ? 'SIGCONT' : undefined);
  } else for (const pid of outside) machine.kill(pid); // something of it may be left that they wait for
}

/** Where its stat is not told, it is known by its parent alone. */
type Member = Pick<ProcessStat, 'pid'> & Partial<ProcessStat>;

class SessionMembers {
  /** Known processes of the session, and their children. */
  private readonly known: Set<number>;
  /** Processes whose read blocks, or was not started. */
  private readonly silent = new Set<number>();

  constructor(
    outside: readonly number[],
    private readonly machine: Machine,
  ) {
    this.known = new Set(outside);
  }

  /** Whether every process could be read. */
  get isWhole(): boolean {
    return this.silent.size === 0;
  }

  async look(): Promise<Member[]> {
    const { known, silent } = this;
    const all = await this.everybody();
    // A child's PID may be smaller than its parent's, so one pass is not enough.
    for (let before = 0; before !== known.size;) {
      before = known.size;
      for (const { pid, ppid } of all) if (known.has(ppid)) known.add(pid);
      if (!this.isWhole)
        for (const pid of [...known])
          for (const child of await this.machine.childrenOf(pid)) known.add(child);
    }
    // By session id: a background job whose parent has ended belongs to it too.
    const told = all.filter(
      (one) => !allHaveEnded(one) && (known.has(one.pid) || known.has(one.session)),
    );
    return [...told, ...[...silent].filter((pid) => known.has(pid)).map((pid) => ({ pid }))];
  }

  /** A scan takes time: a PID may have been reused meanwhile. */
  async isStill({ pid, ppid, startTime }: Member): Promise<boolean> {
    if (ppid === undefined) return true; // it was among the children a moment ago
    const now = await this.machine.stat(pid);
    if (now !== undefined) return now !== 'gone' && now.startTime === startTime;
    return this.known.has(ppid) && (await this.machine.childrenOf(ppid)).includes(pid);
  }

  /** Two at a time: one blocked read does not delay all the others. */
  private async everybody(): Promise<ProcessStat[]> {
    const found: ProcessStat[] = [];
    const pids = (await this.machine.pids()).values();
    const take = async () => {
      for (const pid of pids) {
        if (this.silent.has(pid)) continue;
        const stat = await this.machine.stat(pid);
        if (stat === undefined) this.silent.add(pid);
        else if (stat !== 'gone') found.push(stat);
      }
    };
    await Promise.all([take(), take()]);
    return found;
  }
}
