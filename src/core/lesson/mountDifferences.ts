/** Compares two mount tables. Pure. Called by `compareSnapshots`. */
import type { SnapshotMount } from '../../protocol/snapshot';
import type { MountDifferences } from './evidence';

/**
 * By place and by what is mounted there: a mount namespace that was copied has other numbers for the same
 * mounts. Of several at one place each counts.
 */
export function differencesOfMounts(
  before: readonly SnapshotMount[],
  after: readonly SnapshotMount[],
): Omit<MountDifferences, 'total'> {
  const left = new Map<string, SnapshotMount[]>();
  for (const mount of before) left.set(keyOf(mount), [...(left.get(keyOf(mount)) ?? []), mount]);
  const added: SnapshotMount[] = [];
  const changed: { before: SnapshotMount; after: SnapshotMount }[] = [];
  let unshared = 0;
  for (const mount of after) {
    const same = left.get(keyOf(mount))?.shift();
    if (!same) added.push(mount);
    else if (same.options !== mount.options) changed.push({ before: same, after: mount });
    else if (same.isShared && !mount.isShared) unshared++;
    else if (same.isShared !== mount.isShared) changed.push({ before: same, after: mount });
  }
  return { added, removed: [...left.values()].flat(), changed, unshared };
}

function keyOf({ place, type, source, root }: SnapshotMount): string {
  return JSON.stringify([place, type, source, root]);
}
