/** What is written of a file that a walk has met. Used by markBaseline.ts and compareBaseline.ts. */
import type { OwnerIds } from './ownerIds';
import type { Entry } from './entry';
import type { Walked } from './SortedWalk';

/** File systems count time in ticks of the kernel, or in seconds. In nanoseconds. */
const coarsestTime = 2_000_000_000n;

/**
 * @param looked when the walk looked at it, in nanoseconds of the Epoch: what is written a moment after that may get the
 *   same time
 */
export function entryOf(
  { path, type, stat, link, isClosed }: Walked,
  ids: OwnerIds,
  looked: bigint,
): Entry {
  const isDevice = type === 'c' || type === 'b';
  return {
    ...{ path, type, link, isClosed, sha256: undefined, text: undefined },
    ...{ attributes: undefined },
    mode: Number(stat.mode & 0o7777n),
    uid: ids.uid(Number(stat.uid)),
    gid: ids.gid(Number(stat.gid)),
    size: type === 'f' ? Number(stat.size) : 0,
    mtime: timeText(stat.mtimeNs),
    ctime: stat.ctimeNs + coarsestTime < looked ? timeText(stat.ctimeNs) : undefined,
    inode: String(stat.ino),
    device: isDevice ? String(stat.rdev) : undefined,
  };
}

export function timeText(time: bigint): string {
  const nanoseconds = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return `${(time - nanoseconds) / 1_000_000_000n}.${String(nanoseconds).padStart(9, '0')}`;
}
