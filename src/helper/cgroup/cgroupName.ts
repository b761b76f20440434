/**
 * What the cgroups are called that a helper makes: by that the next one knows which are nobody's any
 * more (sweepCgroups.ts). Used for a container's own and for that of a pause.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';

/** The helper that made it, by PID and start time, and the container. */
export const cgroupPattern = /^terrarium-(\d+)-(\d+)-[0-9a-f]{16}$/;

/** @param bundle absolute real path of its folder */
export async function cgroupName(bundle: string): Promise<string> {
  return `terrarium-${process.pid}-${await startTimeOf(process.pid)}-${containerId(bundle)}`;
}

/** The same for every helper and every window: what the extension knows a container by. */
export function containerId(bundle: string): string {
  return createHash('sha256').update(bundle).digest('hex').slice(0, 16);
}

/**
 * Whether what has this name belongs to a helper that is no more. A zombie is none: sudo(8) may have ended
 * with the helper, and then the machine's init takes its time to reap it.
 * @param pattern its first two groups are the PID and the start time
 */
export async function isLeftOver(name: string, pattern = cgroupPattern): Promise<boolean> {
  const [, pid, begun] = pattern.exec(name) ?? [];
  if (pid === undefined) return false;
  const stat = await statOf(Number(pid));
  return stat?.startTime !== begun || isZombie(stat);
}

/** Field 22 of /proc/PID/stat; undefined where there is no such process. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  return (await statOf(pid))?.startTime;
}

async function statOf(pid: number): Promise<ProcessStat | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`).catch(() => undefined);
  return stat && parseStat(stat);
}

/** With threads left, it is the main thread alone that has ended. */
function isZombie(stat: ProcessStat | undefined): boolean {
  return stat !== undefined && 'ZX'.includes(stat.state) && stat.threads <= 1;
}
