/** What kind of mount an entry of `mounts` in config.json is. */
import path from 'node:path';
import { isBelow } from '../fs/isBelow';
import type { OciConfig } from './schema';

type Mount = OciConfig['mounts'][number];

/** A bind shows what is there already, whatever type the file gives it (OCI config.md, "Mounts"). */
export function isBind({ type, options = [] }: Pick<Mount, 'type' | 'options'>): boolean {
  return type === 'bind' || options.some((option) => option === 'bind' || option === 'rbind');
}

/** A bind's may be relative to the bundle (OCI config.md, "Mounts"). */
export function sourceOf(bundle: { readonly path: string }, source = ''): string {
  return path.resolve(bundle.path, source);
}

/** The mount that a place of the container lies in: of several the last, which is on top. */
export function topmostMountAt(
  { mounts }: Pick<OciConfig, 'mounts'>,
  place: string,
): Mount | undefined {
  const file = path.posix.resolve('/', place);
  return mounts.findLast(({ destination }) => isBelow(file, path.posix.resolve('/', destination)));
}

/** `topmostMountAt` for many places: one costs as much as it is deep, however many mounts there are. */
export function topmostMounts(mounts: readonly Mount[]): (place: string) => Mount | undefined {
  const last = new Map(mounts.map((mount, index) => [destinationOf(mount), index]));
  return (place) => {
    let top = -1;
    for (let here = path.posix.resolve('/', place); ; here = path.posix.dirname(here)) {
      top = Math.max(top, last.get(here) ?? -1);
      if (here === '/') return mounts[top];
    }
  };
}

/** Absolute, without `.` and slashes too many. */
export function destinationOf({ destination }: Pick<Mount, 'destination'>): string {
  return path.posix.resolve('/', destination);
}

/**
 * Whether a folder lies in a filesystem that the sequence makes: no other process can swap a name there.
 * @param mounts the mounts made before
 */
export function isOwnPlace(mounts: Mount[], folder: string): boolean {
  const top = topmostMountAt({ mounts }, folder);
  return top !== undefined && !isBind(top) && isOwnType(top.type);
}

/** Filesystems that are new with each mount, or hold no name that a person could make a symlink of. */
export function isOwnType(type = 'none'): boolean {
  return /^(proc|sysfs|tmpfs|devpts|mqueue|cgroup2?)$/.test(type);
}

export function isCgroupMount(mount: Mount): boolean {
  return /^cgroup2?$/.test(mount.type ?? '') && !isBind(mount);
}

/** Will /proc be a procfs of the container's own? It is what the process tree is read from. */
export function mountsProcfs({ mounts }: OciConfig): boolean {
  return mounts.some(
    (mount) =>
      mount.type === 'proc' &&
      !isBind(mount) &&
      path.posix.resolve('/', mount.destination) === '/proc',
  );
}
