/** Signals a process with everything below it, which may be forking meanwhile. Called by the server. */
import type { ProcessInfo } from '../../protocol/processes';
import { TerrariumError } from '../../core/errors';

/** What is needed of the process reader. */
export interface TreeTarget {
  read(): Promise<ProcessInfo[]>;
  /** @throws TerrariumError `process-gone` and others */
  signal(pid: number, startTime: string, signal: string): Promise<unknown>;
}

/** Most rounds of SIGSTOP: a process found later is not below it. */
const maxRounds = 20;

/**
 * Sends SIGSTOP until a scan finds no new process: a stopped process cannot fork. Then sends each the signal,
 * and SIGCONT, without which a signal with a handler stays pending.
 * @returns how many were signalled
 */
export async function signalTree(
  reader: TreeTarget,
  pid: number,
  startTime: string,
  signal: string,
): Promise<number> {
  const stopped = new Map<string, ProcessInfo>();
  const toAll = async (processes: Iterable<ProcessInfo>, name: string) => {
    for (const one of processes) {
      try {
        await reader.signal(one.pid, one.startTime, name);
      } catch (error) {
        if (!(error instanceof TerrariumError && error.code === 'process-gone')) throw error;
      }
    }
  };
  for (let round = 0; round < maxRounds; round++) {
    const all = await reader.read();
    const below = subtree(all, pid, startTime).filter(({ key }) => !stopped.has(key));
    if (below.length === 0) break;
    // PID 1 ignores SIGSTOP from its own PID namespace, but not from the helper (pid_namespaces(7)).
    await toAll(below, 'SIGSTOP');
    for (const one of below) stopped.set(one.key, one);
  }
  if (stopped.size === 0) await reader.signal(pid, startTime, signal); // throws `process-gone`
  // Children first: a parent that is asked to end must not see them as its own to clean up.
  const all = [...stopped.values()].reverse();
  await toAll(all, signal);
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') await toAll(all, 'SIGCONT');
  return all.length;
}

/** The process and all below it, parents before children. */
function subtree(all: readonly ProcessInfo[], pid: number, startTime: string): ProcessInfo[] {
  const top = all.find((one) => one.pid === pid && one.startTime === startTime);
  if (!top) return [];
  const children = new Map<number, ProcessInfo[]>();
  for (const one of all) {
    const siblings = children.get(one.ppid);
    if (siblings) siblings.push(one);
    else children.set(one.ppid, [one]);
  }
  const found = new Set([top]);
  for (const one of found) {
    for (const child of children.get(one.pid) ?? []) found.add(child);
  }
  return [...found];
}
