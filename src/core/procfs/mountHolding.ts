/** Which mount a place of the host lies on. Used for the flags of bind mounts, and by the doctor. */
import { isBelow } from '../fs/isBelow';
import type { MountEntry } from './parseMountinfo';

/** @param place absolute real path. Of several mounts at one point the last is on top. */
export function mountHolding(mounts: readonly MountEntry[], place: string): MountEntry | undefined {
  let found: MountEntry | undefined;
  for (const mount of mounts)
    if (
      isBelow(place, mount.mountPoint) &&
      mount.mountPoint.length >= (found?.mountPoint.length ?? 0)
    )
      found = mount;
  return found;
}
