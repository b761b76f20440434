/** /proc/PID/stat of what may be a process of a container, which may hold up the read (BoundedReads.ts). */
import type { ProcessStat } from '../../core/procfs/parseStat';
import { boundedReads } from './BoundedReads';
import { readStat } from './readStat';

/** @returns undefined where it has ended, /proc hides it, or the read does not come to an end */
export function boundedStat(pid: number): Promise<ProcessStat | undefined> {
  return boundedReads.ask(pid, () => readStat(`/proc/${pid}`));
}
