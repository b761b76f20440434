/**
 * Finds the file on the host for a path that the kernel reports of a process: resolved below the rootfs as
 * the container would resolve it, or the reason why it is not in the rootfs. Called by
 * `inspectedProcess`.
 */
import type { ProcessInspection } from '../../protocol/inspection';
import { isBelow } from '../../core/fs/isBelow';
import { resolveInside } from '../../core/fs/openInside';

export type RootfsLocation =
  /** Absolute, below the rootfs, never a symbolic link. */
  | { readonly is: 'in the rootfs'; readonly file: string }
  /** A zombie has no program; others may be out of the helper's reach. */
  | { readonly is: 'untold' }
  /** Of this machine, and not of the container: it was opened before chroot(2). */
  | { readonly is: 'outside' }
  /** In a mount namespace of its own a path can lead to anything. */
  | { readonly is: 'elsewhere' }
  | { readonly is: 'mounted'; readonly mount: ProcessInspection['mounts']['entries'][number] }
  /** Deleted, or replaced by another file, since the process opened it. */
  | { readonly is: 'deleted' }
  | { readonly is: 'missing' };

/** The kernel appends this to the path of a deleted file: proc_pid_exe(5). */
const deleted = / \(deleted\)$/;

/**
 * @param rootfs real path
 * @param inside the path that the kernel reported
 */
export async function placeInRootfs(
  found: Pick<ProcessInspection, 'namespaces' | 'mounts' | 'root'>,
  rootfs: string,
  inside: string | undefined,
): Promise<RootfsLocation> {
  if (inside === undefined) return { is: 'untold' };
  const namespace = found.namespaces.find(({ type }) => type === 'mnt');
  if (namespace && !namespace.isPid1s) return { is: 'elsewhere' };
  // After chroot(2) the kernel may report paths of the host.
  const isHosts = namespace?.isHosts === true || isBelow(found.root ?? '/', rootfs);
  if (isHosts && !isBelow(inside, rootfs)) return { is: 'outside' };
  const top = isHosts ? rootfs : '';
  const within = inside.slice(top.length);
  const mount = topmostMountIn(found, top, inside);
  if (mount) return { is: 'mounted', mount };
  const file = await resolveInside(rootfs, within);
  if (file !== undefined) return { is: 'in the rootfs', file };
  return { is: deleted.test(within) ? 'deleted' : 'missing' };
}

/**
 * The innermost mount below `top` that covers this path. The kernel lists mounts as the process sees
 * them, from its own root, and paths from the root of its mount namespace.
 */
function topmostMountIn(
  { mounts, root = '/' }: Pick<ProcessInspection, 'mounts' | 'root'>,
  top: string,
  file: string,
) {
  const base = root === '/' ? '' : root;
  const at = (place: string) => (place === '/' ? base : base + place);
  return mounts.entries
    .filter(({ place }) => at(place).startsWith(`${top}/`) && isBelow(file, at(place)))
    .sort((a, b) => b.place.length - a.place.length)[0];
}
