/**
 * What the cgroups are called that a helper makes: by that the next one knows which are nobody's any
 * more (sweepCgroups.ts). Used for a container's own and for that of a pause.
 */
import { createHash } from 'node:crypto';
import { mayLive, ownName } from '../processes/alive';

/** The helper that made it, by PID, start time and PID namespace, and the container. */
export const cgroupPattern = /^terrarium-(\d+)-(\d+)-(\d+)-[0-9a-f]{16}$/;

/** @param bundle absolute real path of its folder */
export async function cgroupName(bundle: string): Promise<string> {
  return `terrarium-${await ownName()}-${containerId(bundle)}`;
}

/** The same for every helper and every window: what the extension knows a container by. */
export function containerId(bundle: string): string {
  return createHash('sha256').update(bundle).digest('hex').slice(0, 16);
}

/**
 * Whether what has this name belongs to a helper that is no more.
 * @param pattern its first three groups are the PID, the start time and the PID namespace
 */
export async function isLeftOver(name: string, pattern = cgroupPattern): Promise<boolean> {
  const [, pid, begun, namespace] = pattern.exec(name) ?? [];
  if (pid === undefined || begun === undefined || namespace === undefined) return false;
  return !(await mayLive(pid, begun, namespace));
}
