/**
 * The cgroup limits of a process: those of its cgroup and all ancestors. Called by inspectProcess.ts. A
 * container chooses the names in the path: cgroupfs has no symlinks, and `..` is refused.
 */
import { isBelow } from '../../core/fs/isBelow';
import { parseCgroup } from '../../core/procfs/parseCgroup';
import type { MountEntry } from '../../core/procfs/parseMountinfo';

export interface CgroupLimit {
  /** As the kernel names it: `memory.max`. */
  readonly file: string;
  readonly value: string;
  /** Path of the cgroup that has it. */
  readonly cgroup: string;
}

/** Files that limit, by controller; version 2 has them all in one tree. */
const files: Readonly<Record<'cgroup2' | 'cgroup', Readonly<Record<string, readonly string[]>>>> = {
  cgroup2: {
    '': ['memory.max', 'memory.high', 'memory.swap.max', 'pids.max', 'cpu.max', 'cpuset.cpus'],
  },
  cgroup: {
    memory: ['memory.limit_in_bytes'],
    pids: ['pids.max'],
    cpu: ['cpu.cfs_quota_us'],
    cpuset: ['cpuset.cpus'],
  },
};

/** Levels of the tree that are looked at, from the process's own upwards. */
const maxDepth = 32;
/** A list of CPUs can be long; no limit is. */
const maxBytes = 256;

/** How a small file is read; undefined where it is not there. */
export type ReadText = (path: string, limit: number) => string | undefined;

/**
 * @param membership the process's `cgroup` file, as the host sees it (cgroups(7))
 * @param mounts of the host
 */
export function limitsInForce(
  membership: string,
  mounts: readonly MountEntry[],
  read: ReadText,
): CgroupLimit[] {
  return parseCgroup(membership).flatMap(({ version, controllers, path }) => {
    if (path.split('/').includes('..')) return [];
    const type = version === 2 ? 'cgroup2' : 'cgroup';
    const mount = mounts.find(
      (one) =>
        one.type === type &&
        (type === 'cgroup2' || one.superOptions.includes(controllers[0] ?? '')) &&
        isBelow(path, one.root),
    );
    if (!mount) return [];
    const wanted = (version === 2 ? [''] : controllers).flatMap(
      (controller) => files[type][controller] ?? [],
    );
    return levels(path, mount.root).flatMap((cgroup) =>
      wanted.flatMap((file) => {
        const folder =
          mount.mountPoint + (mount.root === '/' ? cgroup : cgroup.slice(mount.root.length));
        const value = read(`${folder}/${file}`, maxBytes)?.trim();
        return value === undefined || isNone(file, value) ? [] : [{ file, value, cgroup }];
      }),
    );
  });
}

/** The cgroup and its ancestors without the root cgroup, which has no limits. */
function levels(path: string, root: string): string[] {
  const found: string[] = [];
  for (let at = path; at !== '/' && at !== '' && found.length < maxDepth;) {
    found.push(at);
    if (at === root) break;
    at = at.slice(0, at.lastIndexOf('/'));
  }
  return found;
}

/** How each file says that there is none. */
function isNone(file: string, value: string): boolean {
  if (value === '' || value === '-1') return true;
  if (file === 'memory.limit_in_bytes') return Number(value) >= 2 ** 62; // a page less than 2^63
  return value.split(' ')[0] === 'max';
}
