/**
 * Ids of owners as the machine counts. A walk of a rootless container's files may run in a user namespace, where they
 * have other numbers.
 */
import { readFile } from 'node:fs/promises';
import { type IdExtent, idOutside, overflowId, parseIdMap } from '../../core/procfs/parseIdMap';

export interface OwnerIds {
  uid(shown: number): number | undefined;
  gid(shown: number): number | undefined;
  /** Whether this process is in such a namespace. */
  readonly isMapped: boolean;
}

export async function ownerIds(): Promise<OwnerIds> {
  const [users, groups] = await Promise.all(
    ['uid_map', 'gid_map'].map(async (name) => parseIdMap(await readFile(`/proc/self/${name}`))),
  );
  const isMapped = !isWhole(users!);
  const outside = (map: readonly IdExtent[], shown: number) =>
    // One without a mapping is shown as this one, which may be mapped itself.
    isMapped && shown === overflowId ? undefined : idOutside(map, shown);
  return {
    uid: (shown) => outside(users!, shown),
    gid: (shown) => outside(groups!, shown),
    isMapped,
  };
}

/** As in the first user namespace. */
function isWhole([extent, ...more]: readonly IdExtent[]): boolean {
  return (
    more.length === 0 && extent?.inside === 0 && extent.outside === 0 && extent.count > 2 ** 31
  );
}
