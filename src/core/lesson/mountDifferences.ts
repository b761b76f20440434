/** Compares two mount tables. Pure. Called by `compareSnapshots`. */
import type { SnapshotMount } from '../../protocol/snapshot';
import type { Change, MountDifferences } from './evidence';

/**
 * In one mount namespace by the mounts themselves, which another root only shows at other paths. A namespace
 * that was copied has other numbers for the same mounts: there by place and by what is mounted. Of several at
 * one place each counts.
 * @param isOneNamespace both tables are of the same one
 */
export function differencesOfMounts(
  before: readonly SnapshotMount[],
  after: readonly SnapshotMount[],
  isOneNamespace: boolean,
): Omit<MountDifferences, 'total'> {
  const keyOf = isOneNamespace ? itself : what;
  const left = new Map<string, SnapshotMount[]>();
  for (const mount of before) left.set(keyOf(mount), [...(left.get(keyOf(mount)) ?? []), mount]);
  const added: SnapshotMount[] = [];
  const moved: Change<SnapshotMount>[] = [];
  const changed: Change<SnapshotMount>[] = [];
  let unshared = 0;
  for (const mount of after) {
    const same = left.get(keyOf(mount))?.shift();
    if (!same) {
      added.push(mount);
      continue;
    }
    const change = { before: same, after: mount };
    if (same.place !== mount.place) moved.push(change);
    if (same.options !== mount.options) changed.push(change);
    else if (same.isShared && !mount.isShared) unshared++;
    else if (same.isShared !== mount.isShared) changed.push(change);
  }
  const removed = [...left.values()].flat();
  const places = new Set(after.map(({ place }) => place));
  const leavesOthers = removed.some(({ place }) => places.has(place));
  return { added, removed, leavesOthers, moved, changed, unshared };
}

function itself({ id, type, source, root }: SnapshotMount): string {
  return JSON.stringify([id, type, source, root]);
}

function what({ place, type, source, root }: SnapshotMount): string {
  return JSON.stringify([place, type, source, root]);
}
