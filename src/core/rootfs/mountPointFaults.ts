/** Mounts of config.json whose place in the rootfs can be no mount point. Used by checkRootfs.ts. */
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import { destinationOf, isBind } from '../config/mountKinds';
import { isBelow } from '../fs/isBelow';
import { lookBudget } from '../fs/lookBudget';
import { statInside } from '../fs/openInside';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { RootfsFault } from './RootfsFault';

/** A folder that is missing is made by a start; in the place of a file it cannot be. */
export async function mountPointFaults(
  { rootfs, config }: Pick<Bundle, 'rootfs' | 'config'>,
  signal?: AbortSignal,
): Promise<RootfsFault[]> {
  const faults: RootfsFault[] = [];
  const budget = lookBudget(signal);
  const before: string[] = [];
  for (const mount of config.mounts) {
    const destination = destinationOf(mount);
    const isHidden = before.some((one) => isBelow(destination, one));
    before.push(destination);
    // What another mount brings is not in the rootfs.
    if (isHidden) continue;
    for (let at = destination; at !== '/'; at = path.posix.dirname(at)) {
      const stat = await statInside(rootfs, at, budget);
      if (!stat) continue;
      if (!stat.isDirectory() && !(at === destination && isBind(mount)))
        faults.push({
          ...{ code: 'mount-point-blocked', severity: 'error', path: at },
          message: `config.json mounts something at ${escapeControlCharacters(destination)}, and this is no folder.`,
        });
      break;
    }
  }
  return faults;
}
