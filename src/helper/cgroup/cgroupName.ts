/**
 * Cgroup names: terrarium-PID-STARTTIME-PIDNS-ID. The next helper recognises orphans by them
 * (sweepCgroups.ts). Used for a container's own cgroup and for the one of a pause.
 */
import { mayLive, ownName } from '../processes/alive';

/** PID, start time and PID namespace of the helper, and the container's id. */
export const cgroupPattern = /^terrarium-(\d+)-(\d+)-(\d+)-[0-9a-f]{16}$/;

/** @param bundle absolute real path of its folder */
export async function cgroupName(bundle: string): Promise<string> {
  const { containerId } = await import('./containerId');
  return `terrarium-${await ownName()}-${containerId(bundle)}`;
}

/**
 * Whether the helper in this name has ended.
 * @param pattern its first three groups are the PID, the start time and the PID namespace
 */
export async function isLeftOver(name: string, pattern = cgroupPattern): Promise<boolean> {
  const [, pid, begun, namespace] = pattern.exec(name) ?? [];
  if (pid === undefined || begun === undefined || namespace === undefined) return false;
  return !(await mayLive(pid, begun, namespace));
}
