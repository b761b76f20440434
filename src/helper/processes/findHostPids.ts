/**
 * Finds the host PIDs of container processes that are not known yet. Called by the process reader,
 * and only when the container's procfs lists a number that it has not seen.
 */
import { readdir } from 'node:fs/promises';
import { type ProcessStatus, parseStatus } from '../../core/procfs/parseStatus';
import type { PidNamespace } from './PidNamespace';
import { forEachBounded } from './forEachBounded';
import { isGone } from './readProcFile';

/** Host PIDs by container PID. */
export type HostPids = Map<number, number>;

/**
 * Adds to `known` the children of known processes, and theirs, until all `wanted` are found or no
 * children are left. One small file per known process; proc_pid_children(5) may miss some while they
 * come and go, and sessions are nobody's children inside: `findAnywhere` finds those.
 */
export async function findAmongChildren(
  namespace: PidNamespace,
  known: HostPids,
  wanted: ReadonlySet<number>,
): Promise<void> {
  const members = new Set(known.values());
  let parents = [...members];
  while (parents.length > 0 && !isComplete(known, wanted)) {
    const children = new Set<number>();
    await forEachBounded(parents, async (parent, files) => {
      for (const thread of await listNumbers(`/proc/${parent}/task`)) {
        const list = files.readNow(`/proc/${parent}/task/${thread}/children`);
        for (const child of list?.toString('latin1').trim().split(' ') ?? []) {
          if (child !== '' && !members.has(Number(child))) children.add(Number(child));
        }
      }
    });
    parents = await add(namespace, known, members, children);
  }
}

/** Adds to `known` whatever process of the host is the container's: one small file for each on the host. */
export async function findAnywhere(namespace: PidNamespace, known: HostPids): Promise<void> {
  const members = new Set(known.values());
  const others = (await listNumbers('/proc')).filter((pid) => !members.has(pid));
  await add(namespace, known, members, others);
}

/** @returns the host PIDs that were added */
async function add(
  namespace: PidNamespace,
  known: HostPids,
  members: Set<number>,
  candidates: Iterable<number>,
): Promise<number[]> {
  let undecided: ProcessStatus[] = [];
  await forEachBounded(candidates, (hostPid, files) => {
    const content = files.readNow(`/proc/${hostPid}/status`);
    const status = content && parseStatus(content);
    // Too few numbers: it lives above the container, as most processes of the host do.
    if (status && status.nsPids.length > namespace.level) undecided.push(status);
  });
  const added: number[] = [];
  // Again while it helps: a nested namespace's process counts once its parent does.
  for (let before = -1; before !== added.length;) {
    before = added.length;
    undecided = undecided.filter((status) => {
      const pid = namespace.pidOf(status, (hostPid) => members.has(hostPid));
      if (pid === undefined) return true;
      known.set(pid, status.pid);
      members.add(status.pid);
      added.push(status.pid);
      return false;
    });
  }
  return added;
}

function isComplete(known: HostPids, wanted: ReadonlySet<number>): boolean {
  for (const pid of wanted) if (!known.has(pid)) return false;
  return true;
}

/** The entries of a folder of /proc that are PIDs; none where the process is gone. */
export async function listNumbers(folder: string): Promise<number[]> {
  try {
    return (await readdir(folder)).filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
