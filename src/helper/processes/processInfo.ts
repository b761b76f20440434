/** What is told of a process, from what is known of it. Called by ProcfsReader.ts. */
import type { ProcessInfo } from '../../protocol/processes';
import type { KnownProcess } from './KnownProcess';
import type { PidNamespace } from './PidNamespace';

export interface ProcessContext {
  readonly namespace: PidNamespace;
  /** In the container, as its parent's. */
  readonly pid: number;
  readonly ppid: number;
  /** In bytes. */
  readonly pageSize: number;
  /** When the machine started, in ms since the epoch. */
  readonly bootedAt: number;
  readonly mayReadMemory: boolean;
  readonly adopted: boolean;
}

export function processInfo(
  known: KnownProcess,
  { namespace, pid, ppid, pageSize, bootedAt, mayReadMemory, adopted }: ProcessContext,
): ProcessInfo {
  const { stat, hostPid, uid, euid, commandLine, processor, cpu, hasUnreadMemory } = known;
  const { rss, pss } = known.memory(pageSize);
  return {
    key: `${namespace.inode}:${pid}:${stat.startTime}`,
    pid,
    hostPid,
    ppid,
    startTime: stat.startTime,
    name: stat.comm,
    commandLine,
    ...(processor === undefined ? {} : { emulated: processor }),
    state: stat.state,
    ...(known.thread === undefined ? {} : { mainThreadEnded: true as const }),
    uid,
    euid,
    rss,
    ...(pss === undefined ? {} : { pss }),
    ...(hasUnreadMemory && mayReadMemory ? { pssUnread: true as const } : {}),
    threads: stat.threads,
    cpu,
    nice: stat.nice,
    startedAt: Math.round(bootedAt + Number(stat.startTime) * 10),
    adopted,
  };
}
