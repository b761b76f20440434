/** A tmpfs that is to be read-only and in which something is made before. Used by `planStart`. */
import path from 'node:path';
import { destinationOf, isBind, topmostMounts } from '../config/mountKinds';
import type { Mount, OciConfig } from '../config/schema';
import { withoutRecursion } from '../config/unsupported';
import { keptFlags, withFlags } from './mountFlags';
import type { Step } from './step';

/**
 * Mounts that become read-only after they have been filled, as under runc: /dev, and each tmpfs with a mount point,
 * a device or the working directory in it. Every other is read-only from its start.
 * @param missingCwd the folder that is made for PID 1
 */
export function readOnlyLater(config: OciConfig, missingCwd?: string): ReadonlySet<Mount> {
  const found = new Set<Mount>();
  const filled = new Set(['/dev']);
  const fill = (place: string) => {
    for (
      let above = path.posix.dirname(place);
      !filled.has(above);
      above = path.posix.dirname(above)
    )
      filled.add(above);
  };
  for (const device of config.linux.devices ?? []) fill(path.posix.resolve('/', device.path));
  if (missingCwd !== undefined) fill(missingCwd);
  for (const mount of config.mounts.toReversed()) {
    const place = destinationOf(mount);
    const isNew = mount.type === 'tmpfs' && !isBind(mount);
    if (isNew && filled.has(place) && flagsOf(mount).includes('ro')) found.add(mount);
    fill(place);
  }
  return found;
}

/** @returns its options without those two */
export function writable(options: readonly string[]): string[] {
  return options.filter((option) => option !== 'ro' && option !== 'rw');
}

/** Of each mount alone, not of what is mounted in it; what another one covers is out of sight, and stays as it is. */
export function readOnlySteps(config: OciConfig, later: ReadonlySet<Mount>): Step[] {
  const topmost = topmostMounts(config.mounts);
  return [...later].reverse().flatMap((mount): Step[] => {
    const place = destinationOf(mount);
    if (topmost(place) !== mount) return [];
    return [
      {
        id: `read-only:${place}`,
        where: 'namespaces',
        ...{ kind: 'remount', name: '.', options: withFlags(['ro'], flagsOf(mount)) },
        cwd: place,
        why: `Make ${place} read-only, now that it has been filled`,
      },
    ];
  });
}

function flagsOf({ options = [] }: Mount): string[] {
  return keptFlags(options.map(withoutRecursion));
}
