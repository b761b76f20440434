/** What the sources of a bundle's mounts are on this machine: facts for `planStart`. */
import { realpath, stat } from '../fs/files';
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import { isBelow } from '../fs/isBelow';
import type { OciConfig } from '../config/schema';
import { isBind, sourceOf } from '../config/mountKinds';
import { mountHolding } from '../procfs/mountHolding';
import type { MountEntry } from '../procfs/parseMountinfo';
import { type HostFlags, keptFlags } from './mountFlags';

export type SourceKind = 'file' | 'directory' | 'device';

export interface MountFacts {
  readonly sources: ReadonlyMap<string, SourceKind>;
  /** How the mounts are mounted on which the rootfs and the sources lie; for a script the shells, too. */
  readonly flags: HostFlags;
}

/** @param mounts the machine's */
export async function mountFacts(
  bundle: Pick<Bundle, 'path' | 'rootfs' | 'config'>,
  mounts: readonly MountEntry[],
): Promise<MountFacts> {
  const sources = await mountSources(bundle);
  return { sources, flags: await hostFlags([bundle.rootfs, ...sources.keys()], mounts) };
}

/** By absolute path; what is not there, or not for us to see, is missing, which planStart says. */
async function mountSources(
  bundle: Pick<Bundle, 'path' | 'config'>,
): Promise<Map<string, SourceKind>> {
  const sources = bundle.config.mounts
    .filter((mount) => isBind(mount) || mount.source?.startsWith('/'))
    .map(({ source }) => sourceOf(bundle, source));
  const found = await Promise.all(
    [...new Set(sources)].map(async (source): Promise<[string, SourceKind] | undefined> => {
      const there = await stat(source).catch(() => undefined);
      if (!there) return undefined;
      const isNode = there.isBlockDevice() || there.isCharacterDevice();
      return [source, there.isDirectory() ? 'directory' : isNode ? 'device' : 'file'];
    }),
  );
  return new Map(found.filter((one) => one !== undefined));
}

/** Those that are not there are missing. */
export async function hostFlags(
  places: readonly string[],
  mounts: readonly MountEntry[],
): Promise<Map<string, string[]>> {
  const realPlaces = await Promise.all(
    places.map((place) => realpath(place).catch(() => undefined)),
  );
  const found = new Map<string, string[]>();
  for (const [index, real] of realPlaces.entries()) {
    const mount = real === undefined ? undefined : mountHolding(mounts, real);
    if (mount) found.set(places[index]!, keptFlags(mount.options));
  }
  return found;
}

/** Filesystems of disks, for which mount(8) looks in many places (libblkid's list; filesystems(5)). */
const ofDisks =
  /^(auto|ext[234]|xfs|btrfs|bcachefs|[jf]2?fs|reiserfs|reiser4|nilfs2|vfat|msdos|exfat|ntfs3?|iso9660|udf|squashfs|erofs|cramfs|romfs|hfs|hfsplus|minix|ufs|sysv|zonefs|gfs2|ocfs2|bfs|befs|affs|adfs|hpfs|omfs|vxfs)$/;

/**
 * Whether mount(8) would go looking: it makes a loop device of a file that lies where the source points,
 * and finds disks by LABEL= and the like, so that the kernel could read a stranger's file as a disk.
 * mount(2), which the specification means, does neither.
 */
export function isNoDisk(
  mount: OciConfig['mounts'][number],
  kinds: ReadonlyMap<string, SourceKind>,
): boolean {
  const { type = 'none', source = type } = mount;
  if (isBind(mount)) return false;
  const place = path.resolve('/', source);
  // In /dev nobody swaps it for a file meanwhile.
  if (ofDisks.test(type)) return kinds.get(place) !== 'device' || !isBelow(place, '/dev');
  return source.startsWith('/') && kinds.get(place) === 'file';
}
