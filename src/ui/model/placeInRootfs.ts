/**
 * Where something that a process uses lies on the host: a path that the kernel told of it, found in the
 * rootfs the way that the container would find it, or the reason why it is not there. Called by
 * `inspectedProcess`; free of `vscode` to be tested.
 */
import type { ProcessInspection } from '../../protocol/inspection';
import { resolveInside } from '../../core/bundle/resolveInside';

export type Place =
  /** Absolute, below the rootfs, never a symbolic link. */
  | { readonly is: 'in the rootfs'; readonly file: string }
  /** A zombie has no program; others may be out of the helper's reach. */
  | { readonly is: 'untold' }
  /** In a mount namespace of its own a path can lead to anything. */
  | { readonly is: 'elsewhere' }
  | { readonly is: 'mounted'; readonly mount: ProcessInspection['mounts']['entries'][number] }
  /** Deleted, or replaced by another file, since the process opened it. */
  | { readonly is: 'deleted' }
  | { readonly is: 'missing' };

/** What the kernel appends where the name is gone: proc_pid_exe(5). */
const deleted = / \(deleted\)$/;

/**
 * @param rootfs real path
 * @param inside what the kernel said
 */
export async function placeInRootfs(
  { namespaces, mounts }: Pick<ProcessInspection, 'namespaces' | 'mounts'>,
  rootfs: string,
  inside: string | undefined,
): Promise<Place> {
  if (inside === undefined) return { is: 'untold' };
  if (namespaces.some(({ type, isPid1s }) => type === 'mnt' && !isPid1s)) {
    return { is: 'elsewhere' };
  }
  // A container that changes its root by chroot(2) is told in paths of the host.
  const isHosts = inside === rootfs || inside.startsWith(`${rootfs}/`);
  const within = isHosts ? inside.slice(rootfs.length) : inside;
  const mount = isHosts ? undefined : mountOver(mounts, within);
  if (mount) return { is: 'mounted', mount };
  const file = await resolveInside(rootfs, within);
  if (file !== undefined) return { is: 'in the rootfs', file };
  return { is: deleted.test(within) ? 'deleted' : 'missing' };
}

/** The innermost mount that covers this path of the rootfs. */
function mountOver({ entries }: ProcessInspection['mounts'], file: string) {
  return entries
    .filter(({ place }) => place !== '/' && (file === place || file.startsWith(`${place}/`)))
    .sort((a, b) => b.place.length - a.place.length)[0];
}
