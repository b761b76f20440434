/**
 * Are linux.maskedPaths and linux.readonlyPaths what they should be, seen in the waiting container?
 * A name in the rootfs itself may be swapped while mount(8) takes it (CVE-2023-27561,
 * CVE-2025-31133), so what was mounted is looked at, not what was asked for. For verifyMounts.ts.
 */
import type { Stats } from 'node:fs';
import { lstat } from '../../../core/fs/files';
import path from 'node:path';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { TerrariumError } from '../../../core/errors';
import type { MountEntry } from '../../../core/procfs/parseMountinfo';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { endAsNotPlanned } from './notAsPlanned';
import type { PlaceInside } from './placesInside';

/** Major and minor of /dev/null (null(4)), as lstat(2) of Node gives them. */
const nullDevice = (1 << 8) | 3;

/**
 * @param root host path of the container's root
 * @param inside where a place is, without links
 * @param mountAt the topmost mount at a place of the container
 * @param byId the mount of that number
 * @throws TerrariumError `not-as-planned`, `masked-symlink`
 */
export async function verifyMaskedPaths(
  bundle: Bundle,
  root: string,
  inside: PlaceInside,
  mountAt: (place: string) => MountEntry | undefined,
  byId: (id: number) => MountEntry | undefined,
): Promise<void> {
  const { maskedPaths = [], readonlyPaths = [] } = bundle.config.linux;
  const look = lookBelow(root);
  for (const place of maskedPaths.map(normal).map(inside)) {
    const node = await look(place);
    if (node === undefined) continue; // what is not there needs no mask
    if (node.isSymbolicLink()) throw aLink(bundle, place);
    const mount = mountAt(place);
    const isMasked = node.isDirectory()
      ? mount?.type === 'tmpfs' && mount.options.includes('ro')
      : mount?.options.includes('ro') && node.isCharacterDevice() && node.rdev === nullDevice;
    if (!isMasked)
      endAsNotPlanned(
        bundle,
        `${escapeControlCharacters(place)} is not masked, as config.json asks`,
      );
  }
  const masked = new Set(maskedPaths.map(normal).map(inside));
  for (const place of readonlyPaths.map(normal).map(inside)) {
    const node = masked.has(place) ? undefined : await look(place);
    if (node === undefined) continue;
    if (node.isSymbolicLink()) throw aLink(bundle, place);
    const mount = mountAt(place);
    if (!mount?.options.includes('ro'))
      endAsNotPlanned(
        bundle,
        `${escapeControlCharacters(place)} is not read-only, as config.json asks`,
      );
    if (!isOfItsParent(place, mount, mountAt, byId))
      endAsNotPlanned(
        bundle,
        `${escapeControlCharacters(place)} shows something else than what was there`,
      );
  }
}

/** A mount there would be one on what it leads to. */
function aLink({ name }: Bundle, place: string): TerrariumError {
  return new TerrariumError(
    'masked-symlink',
    `“${escapeControlCharacters(name)}” did not start: ${escapeControlCharacters(place)}, of linux.maskedPaths or readonlyPaths, is a symlink.`,
    'Have config.json name the place that it leads to.',
  );
}

/** A read-only path is a bind of itself: the same file system, and the same place in it. */
function isOfItsParent(
  place: string,
  mount: MountEntry,
  mountAt: (place: string) => MountEntry | undefined,
  byId: (id: number) => MountEntry | undefined,
): boolean {
  const below = byId(mount.parentId);
  if (below?.mountPoint === mount.mountPoint)
    // the place was a mount itself
    return below.device === mount.device && below.root === mount.root;
  for (let above = place; above !== '/';) {
    above = path.posix.dirname(above);
    const parent = mountAt(above);
    if (!parent) continue;
    const expected = path.posix.join(parent.root, path.posix.relative(above, place));
    return parent.device === mount.device && expected === mount.root;
  }
  return false; // there is no root
}

/** Without following a link in the last component; those before it are folders, each looked at once, or it is not there. */
function lookBelow(root: string): (place: string) => Promise<Stats | undefined> {
  const folders = new Set<string>();
  return async (place) => {
    let here = root;
    for (const name of place.split('/').slice(1, -1)) {
      here = `${here}/${name}`;
      if (folders.has(here)) continue;
      if (!(await lstat(here).catch(whenGone))?.isDirectory()) return undefined;
      folders.add(here);
    }
    return lstat(root + place).catch(whenGone);
  };
}

function whenGone(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(error.code ?? '')) return undefined;
  throw error;
}

function normal(place: string): string {
  return path.posix.resolve('/', place);
}
