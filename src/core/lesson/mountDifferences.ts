/** Compares two mount tables. Pure. Called by `compareSnapshots`. */
import type { SnapshotMount } from '../../protocol/snapshot';
import type { Change, MountDifferences } from './evidence';

export interface MountTables {
  readonly before: readonly SnapshotMount[];
  readonly after: readonly SnapshotMount[];
  /** Both are of one mount namespace: a mount has the same ID in both. */
  readonly isOneNamespace: boolean;
  /** Seen from another root, the same mount has another place. */
  readonly isOtherRoot: boolean;
}

/**
 * By ID in one mount namespace: after pivot_root(2) two mounts may have one place. In another one by place and by
 * what is mounted there, for the copies have other IDs. Of several at one place each counts.
 */
export function differencesOfMounts(tables: MountTables): Omit<MountDifferences, 'total'> {
  const { before, after, isOneNamespace, isOtherRoot } = tables;
  const hasIds = isOneNamespace && [...before, ...after].every(({ id }) => id !== undefined);
  const keyOf = ({ id, place, type, source, root }: SnapshotMount) =>
    // The kernel gives the ID of what was unmounted to the next mount: the rest is compared as well.
    JSON.stringify([hasIds && id, ...(hasIds && isOtherRoot ? [] : [place]), type, source, root]);
  const left = new Map<string, SnapshotMount[]>();
  for (const mount of before) left.set(keyOf(mount), [...(left.get(keyOf(mount)) ?? []), mount]);
  const added: SnapshotMount[] = [];
  const changed: Change<SnapshotMount>[] = [];
  const moved: Change<SnapshotMount>[] = [];
  let unshared = 0;
  for (const mount of after) {
    const same = left.get(keyOf(mount))?.shift();
    if (!same) added.push(mount);
    else if (same.place !== mount.place) moved.push({ before: same, after: mount });
    else if (same.options !== mount.options) changed.push({ before: same, after: mount });
    else if (same.isShared && !mount.isShared) unshared++;
    else if (same.isShared !== mount.isShared) changed.push({ before: same, after: mount });
  }
  return { added, removed: [...left.values()].flat(), changed, moved, unshared };
}
