/**
 * A process whose main thread alone has ended: to the kernel it is in state Z as a whole, and its files
 * are empty, while its other threads run on (pthread_exit(3) in main). What is gone from /proc/PID is in
 * /proc/PID/task/TID of those. Called by the process reader, before a pause and where it is inspected.
 */
import { type ProcessStat, hasEnded, parseStat } from '../../core/procfs/parseStat';
import { numbersIn } from './HostPids';
import { type ProcFiles, ifTold } from './ProcFiles';

/** So many threads are looked at for one that runs; the state of the first stands for all others. */
const maxLooked = 64;

/** Whether threads of it may run on. In a zombie that is one the kernel counts its main thread alone. */
export function mayHaveLivingThread({ state, threads }: ProcessStat): boolean {
  return state === 'Z' && threads > 1;
}

/**
 * @returns the number of a thread and its stat, of one that runs where there is one; undefined where
 * all have ended
 */
export function livingThread(
  files: ProcFiles,
  hostPid: number,
): { readonly tid: number; readonly stat: ProcessStat } | undefined {
  const folder = `/proc/${hostPid}/task`;
  let found: ReturnType<typeof livingThread>;
  for (const tid of (ifTold(() => numbersIn(folder)) ?? []).slice(0, maxLooked)) {
    const content = tid === hostPid ? undefined : files.readRecord(hostPid, `task/${tid}/stat`);
    const stat = content && parseStat(content);
    if (!stat || hasEnded(stat.state)) continue;
    if (stat.state === 'R') return { tid, stat };
    found ??= { tid, stat };
  }
  return found;
}
