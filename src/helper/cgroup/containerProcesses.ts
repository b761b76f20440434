/** The processes of a container as the Freezer needs them: who they are, and where their cgroup is told. */
import { readFile, readdir, readlink } from 'node:fs/promises';

export interface ContainerProcess {
  /** Host PID. */
  readonly pid: number;
  /** Its folder in /proc, or that of a thread that runs where the main thread has ended. */
  readonly folder: string;
}

/** All that run in PID 1's namespace and below it, sessions among them. @param first host PID of PID 1 */
export async function containerProcesses(first: number): Promise<ContainerProcess[]> {
  const namespace = await readlink(`/proc/${first}/ns/pid`);
  const parents = new Map<number, number>();
  const inside = new Set<number>();
  const folders = new Map<number, string>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [pid, folder] = [Number(entry), `/proc/${entry}`];
    const stat = await readStat(folder);
    if (!stat) continue;
    parents.set(pid, stat.parent);
    const running = stat.hasEnded ? await runningThread(pid) : folder;
    if (running !== undefined) folders.set(pid, running); // a zombie has none, and is in no cgroup
    const own = await readlink(`${folder}/ns/pid`).catch(() => undefined);
    if (own === namespace) inside.add(pid);
  }
  const isInside = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (inside.has(pid) || isInside(parents.get(pid)));
  return [...folders].flatMap(([pid, folder]) => (isInside(pid) ? [{ pid, folder }] : []));
}

/** The process that a thread belongs to; undefined where it has ended. */
export async function processOf(tid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${tid}/status`, 'latin1').catch(() => '');
  const pid = /^Tgid:\t(\d+)$/m.exec(status)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** State Z of a process is that of its main thread: others may run on, and be what a cgroup holds. */
async function runningThread(pid: number): Promise<string | undefined> {
  const tids = await readdir(`/proc/${pid}/task`).catch(() => []); // it has ended
  for (const tid of tids) {
    const folder = `/proc/${pid}/task/${tid}`;
    const stat = await readStat(folder);
    if (stat && !stat.hasEnded) return folder;
  }
  return undefined;
}

/** Of proc_pid_stat(5); undefined where it ended while we looked. */
async function readStat(folder: string) {
  const stat = await readFile(`${folder}/stat`, 'latin1').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    hasEnded: fields[0] === 'Z' || fields[0] === 'X',
    parent: Number(fields[1]),
  };
}
