/** A container's processes for the Freezer: their PIDs, and the /proc folders that name their cgroups. */
import { promises as files } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import { hasEnded } from '../../core/procfs/parseStat';
import { statusNumbers } from '../../core/procfs/parseStatus';
import { boundedReads, heldUp } from '../processes/BoundedReads';
import { pidsHere } from '../processes/pidsHere';
import { readStat } from '../processes/readStat';

export interface ContainerProcess {
  /** Host PID. */
  readonly pid: number;
  /** Its folder in /proc; where the main thread has ended, the folder of a running thread. */
  readonly folder: string;
}

/** How processes are read; tests bring their own. */
export interface ProcessLook {
  readonly reads: Pick<typeof boundedReads, 'ask'>;
  readonly pids: () => Promise<readonly number[]>;
  /** The link /proc/PID/ns/pid; undefined where the process has ended. This read never blocks. */
  readonly namespaceOf: (pid: number | 'self') => Promise<string | undefined>;
  /** @returns undefined where it has ended */
  readonly stat: (pid: number) => Promise<Found | undefined>;
}

/** A zombie has no folder, as it is in no cgroup. */
interface Found {
  readonly parent: number;
  readonly folder?: string;
}

const ofMachine: ProcessLook = {
  reads: boundedReads,
  pids: pidsHere,
  namespaceOf: (pid) => files.readlink(`/proc/${pid}/ns/pid`).catch(() => undefined),
  stat: async (pid) => {
    const stat = await readStat(`/proc/${pid}`);
    const folder = stat && hasEnded(stat.state) ? await runningThread(pid) : `/proc/${pid}`;
    return stat && { parent: stat.ppid, ...(folder === undefined ? {} : { folder }) };
  },
};

/**
 * All processes in PID 1's namespace and its descendants, sessions included.
 * @param first host PID of PID 1
 * @throws TerrariumError `process-held-up`, `no-pid-namespace`
 */
export async function containerProcesses(
  first: number,
  { reads, pids, namespaceOf, stat }: ProcessLook = ofMachine,
): Promise<ContainerProcess[]> {
  const [namespace, machine] = [await namespaceOf(first), await namespaceOf('self')];
  if (namespace === undefined) return [];
  if (namespace === machine) throw sharesProcesses();
  const parents = new Map<number, number>();
  const inside = new Set<number>();
  const folders = new Map<number, string>();
  for (const pid of await pids()) {
    const own = await namespaceOf(pid);
    if (own === machine) continue; // no ancestor of it is in the container's
    const found = await reads.ask(pid, async () => (await stat(pid)) ?? 'ended');
    if (found === undefined) throw heldUp(pid);
    if (found === 'ended') continue;
    parents.set(pid, found.parent);
    if (found.folder !== undefined) folders.set(pid, found.folder);
    if (own === namespace) inside.add(pid);
  }
  const isInside = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (inside.has(pid) || isInside(parents.get(pid)));
  return [...folders].flatMap(([pid, folder]) => (isInside(pid) ? [{ pid, folder }] : []));
}

/**
 * The process of a thread; undefined where it has ended. Where it is not known, the TID: a write to
 * cgroup.procs moves the whole process for any of its threads.
 */
export async function processOf(
  tid: number,
  reads: Pick<typeof boundedReads, 'ask'> = boundedReads,
): Promise<number | undefined> {
  const read = () => files.readFile(`/proc/${tid}/status`, 'latin1').catch(() => '');
  const status = await reads.ask(tid, read);
  if (status === undefined) return tid;
  return statusNumbers(status, 'Tgid')[0];
}

/** State Z describes the main thread only: other threads may run on and be in a cgroup. */
async function runningThread(pid: number): Promise<string | undefined> {
  const tids = await files.readdir(`/proc/${pid}/task`).catch(() => []); // it has ended
  for (const tid of tids) {
    const folder = `/proc/${pid}/task/${tid}`;
    const stat = await readStat(folder);
    if (stat && !hasEnded(stat.state)) return folder;
  }
  return undefined;
}

function sharesProcesses(): TerrariumError {
  return new TerrariumError(
    'no-pid-namespace',
    'This container shares the PID namespace of the host, so its processes cannot be told from others, and holding them still would hold the machine.',
    'Add {"type": "pid"} to linux.namespaces in config.json and start it again.',
  );
}
