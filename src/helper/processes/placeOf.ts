/**
 * Where a process is: its namespaces and its root, from links of /proc that take no reference to its memory.
 * Called by ProcfsReader.ts.
 */
import { readlinkSync, statSync } from 'node:fs';
import { type NamespaceType, namespaceTypes } from '../../protocol/namespaces';
import type { Place } from '../../protocol/places';
import { namespaceInode } from './namespaceInode';
import { ifTold } from './ProcFiles';

/** Characters of a root's path that travel. */
const maxPath = 4096;

/** @returns without the types that the kernel does not have or does not tell @throws Error of readlink(2) */
export function namespacesOf(pid: number | 'self'): Place['namespaces'] {
  return namespaceTypes.flatMap((type: NamespaceType) => {
    const inode = ifTold(() => namespaceInode(pid, type));
    return inode === undefined ? [] : [{ type, inode }];
  });
}

/**
 * @param mayWait whether the root may be looked at: where it is on a FUSE of the container's, stat(2) takes as
 *   long as that likes
 * @throws Error of readlink(2), stat(2)
 */
export function placeOf(hostPid: number, mayWait: boolean): Place {
  const namespaces = namespacesOf(hostPid);
  const path = ifTold(() => readlinkSync(`/proc/${hostPid}/root`));
  const folder = mayWait ? folderOf(`/proc/${hostPid}/root`) : undefined;
  if (path === undefined || folder === undefined) return { namespaces };
  const root = { path: path.slice(0, maxPath), folder, isHosts: folder === folderOf('/') };
  return { namespaces, root };
}

/** What of a place is different from that of PID 1; undefined where nothing is that is told of both. */
export function differentPlace(first: Place, place: Place): Place | undefined {
  const known = new Map(first.namespaces.map(({ type, inode }) => [type, inode]));
  const namespaces = place.namespaces.filter(
    ({ type, inode }) => known.has(type) && known.get(type) !== inode,
  );
  const isElsewhere =
    place.root !== undefined && first.root !== undefined && place.root.folder !== first.root.folder;
  if (namespaces.length === 0 && !isElsewhere) return undefined;
  return { namespaces, ...(isElsewhere && { root: place.root }) };
}

/** A path does not say which folder it is: another mount namespace has others of that name. */
function folderOf(path: string): string | undefined {
  const found = ifTold(() => statSync(path, { bigint: true }));
  return found && `${found.dev}:${found.ino}`;
}
