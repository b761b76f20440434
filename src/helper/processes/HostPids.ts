/**
 * Finds the host PIDs of container processes that are not known yet. Made by the process reader, and
 * asked only when the container's procfs lists a number that it has not seen.
 */
import { readdirSync } from 'node:fs';
import { type Identity, parseIdentity } from '../../core/procfs/parseStatus';
import type { PidNamespace } from './PidNamespace';
import { type ProcFiles, isProcessGone } from './ProcFiles';

export interface Found {
  readonly pid: number;
  readonly hostPid: number;
  readonly identity: Identity;
}

export class HostPids {
  /** Host PIDs that were not the container's at the last look. */
  #foreign = new Set<number>();

  constructor(private readonly files: ProcFiles) {}

  /**
   * The processes of the container whose host PID is not among `members`. One small file for each
   * process of the host that came since the last look.
   * @param members host PIDs that are known; those found are added
   */
  findNew(namespace: PidNamespace, members: Set<number>): Found[] {
    const others = listPids('/proc').filter((pid) => !members.has(pid));
    const unknown = others.filter((pid) => !this.#foreign.has(pid));
    this.#foreign = new Set(others);
    return this.#among(namespace, members, unknown);
  }

  /** The same over all processes of the host: a foreign PID may have been reused in the container. */
  findAnywhere(namespace: PidNamespace, members: Set<number>): Found[] {
    this.#foreign.clear();
    return this.findNew(namespace, members);
  }

  #among(namespace: PidNamespace, members: Set<number>, candidates: readonly number[]): Found[] {
    const found: Found[] = [];
    let undecided: Omit<Found, 'pid'>[] = [];
    const decide = (one: Omit<Found, 'pid'>): boolean => {
      const pid = namespace.pidOf(one.hostPid, one.identity, members);
      if (pid === undefined) return false;
      found.push({ ...one, pid });
      members.add(one.hostPid);
      this.#foreign.delete(one.hostPid);
      return true;
    };
    for (const hostPid of candidates) {
      const content = this.files.readRecord(hostPid, 'status');
      const identity = content && parseIdentity(content);
      // Too few numbers in NSpid: its PID namespace is above the container's.
      if (!identity || identity.nsPids.length <= namespace.level) continue;
      if (!decide({ hostPid, identity })) undecided.push({ hostPid, identity });
    }
    // Repeated: a process of a nested namespace is recognised once its parent is.
    for (let before = -1; before !== undecided.length;) {
      before = undecided.length;
      undecided = undecided.filter((one) => !decide(one));
    }
    return found;
  }
}

/** The PIDs in a procfs; none where its PID namespace has ended. */
export function listPids(procfs: string): number[] {
  try {
    return numbersIn(procfs);
  } catch (error) {
    if (isProcessGone(error)) return [];
    throw error;
  }
}

/** The numeric entries of a /proc folder: PIDs, TIDs, descriptors. @throws Error of getdents(2) */
export function numbersIn(folder: string): number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(folder)) {
    const first = name.charCodeAt(0);
    if (first >= 0x30 && first <= 0x39) numbers.push(Number(name));
  }
  return numbers;
}
