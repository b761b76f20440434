/** The rootfs as a start will have it: with what `mounts` binds there. For looks before a start. */
import path from 'node:path';
import { destinationOf, isBind, sourceOf, topmostMounts } from '../config/mountKinds';
import type { Mount, OciConfig } from '../config/schema';
import { isBelow } from '../fs/isBelow';
import { type MountedAt, lookBudget } from '../fs/lookBudget';
import { withInside } from '../fs/openInside';

export interface MountedBundle {
  /** Missing where nobody knows what a relative source begins at. */
  readonly path?: string;
  readonly rootfs: string;
  readonly config: Pick<OciConfig, 'mounts'>;
}

/** Known are binds; but not of a place in the rootfs, where something may be mounted by then. */
export function mountedAt({ path: folder, rootfs, config }: MountedBundle): MountedAt {
  const topmost = topmostMounts(config.mounts);
  return (inside) => {
    const mount = topmost(inside);
    if (!mount || destinationOf(mount) !== inside) return undefined;
    if (!isBind(mount) || (folder === undefined && !mount.source?.startsWith('/'))) return {};
    const source = sourceOf({ path: folder ?? '/' }, mount.source);
    return isBelow(source, rootfs) ? {} : { source };
  };
}

/**
 * @param signal ends it; what it throws then is the signal's reason
 * @returns the mounts with their destinations as they are found, without links of the rootfs on the way
 */
export async function withoutLinks(
  { rootfs, config }: MountedBundle,
  signal?: AbortSignal,
): Promise<Mount[]> {
  const budget = lookBudget(signal);
  const found: Mount[] = [];
  for (const mount of config.mounts) {
    let destination = destinationOf(mount);
    // What is not there yet is made.
    for (let [here, rest] = [destination, '']; budget.left >= 0;) {
      const inside = await withInside(rootfs, here, (held) => held.inside, budget);
      if (inside !== undefined) destination = path.posix.join(inside, rest);
      if (inside !== undefined || here === '/') break;
      rest = path.posix.join(path.posix.basename(here), rest);
      here = path.posix.dirname(here);
    }
    found.push({ ...mount, destination });
  }
  return found;
}
