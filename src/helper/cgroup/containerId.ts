/** What identifies a container. Apart from cgroupName.ts: `run` makes no hash until its payload runs. */
import { createHash } from 'node:crypto';

/** The same for every helper and every window; the extension identifies a container by it. @param bundle absolute real path */
export function containerId(bundle: string): string {
  return createHash('sha256').update(bundle).digest('hex').slice(0, 16);
}
