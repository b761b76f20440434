/**
 * How the tree of cgroups looks from here (cgroups(7)): read before each start, by the doctor, and by
 * the editor for its preview. `planCgroup` turns it into steps.
 */
import { constants } from 'node:fs';
import { access, readFile, stat } from '../fs/files';
import path from 'node:path';
import { ownMounts } from '../procfs/ownMounts';
import { readUserFile } from '../procfs/userFiles';
import { unifiedPath } from '../procfs/parseCgroup';
import type { MountEntry } from '../procfs/parseMountinfo';

/** How the machine has its control groups (cgroups(7)). */
export type CgroupLayout = 'v2' | 'hybrid' | 'v1' | 'none';

/** One cgroup that is there. */
export interface CgroupState {
  /** What may be limited in it (cgroup.controllers). */
  readonly controllers: readonly string[];
  /** What may be limited in the cgroups below it (cgroup.subtree_control). */
  readonly enabled: readonly string[];
  /** Whether a process is in it itself. */
  readonly processes: boolean;
  /** Whether a process is in it or below it. */
  readonly populated: boolean;
}

export interface CgroupFacts {
  readonly layout: CgroupLayout;
  /** Where version 2 is mounted; without it there is nothing to be had. */
  readonly mount?: string;
  /**
   * The highest cgroup in which the helper may make others: '' is the root of the tree. Without root it
   * is what was delegated to the person, and undefined where nothing was.
   */
  readonly base?: string;
  /** Root may make none there. */
  readonly readOnly?: boolean;
  /** Root of a user namespace: it may load no program of BPF. */
  readonly ofNamespace?: boolean;
  /** What a cgroup is called where config.json gives no path. */
  readonly name: string;
  /** Those of the base and of the way to the container's that are there, by path. */
  readonly there: ReadonlyMap<string, CgroupState>;
}

/** What it takes to find them. */
export interface CgroupReader {
  readonly privilege: 'root' | 'rootless';
  readonly uid: number;
  readonly name: string;
  /** Where below the base the container's cgroup is to be; without it only the base is looked at. */
  readonly place?: (base: string) => string | undefined;
  /** The machine's mounts, where they were read already. */
  readonly mounts?: readonly MountEntry[];
}

/**
 * cgroup2 alone, beside v1's controllers, or not at all; and where it is mounted.
 * @param seen the machine's mounts, where they were read already
 */
export async function cgroupLayout(
  seen?: readonly MountEntry[],
): Promise<Pick<CgroupFacts, 'layout' | 'mount'>> {
  const mounts = seen ?? (await ownMounts());
  const mount = mounts.find(({ type }) => type === 'cgroup2')?.mountPoint;
  const v1 = mounts.some(({ type }) => type === 'cgroup');
  if (mount === undefined) return { layout: v1 ? 'v1' : 'none' };
  return { layout: v1 ? 'hybrid' : 'v2', mount };
}

export async function readCgroups({
  privilege,
  uid,
  name,
  place,
  mounts,
}: CgroupReader): Promise<CgroupFacts> {
  const { layout, mount } = await cgroupLayout(mounts);
  const there = new Map<string, CgroupState>();
  if (mount === undefined) return { layout, name, there };
  const own = unifiedPath(await readFile('/proc/self/cgroup', 'utf8')) ?? '/';
  if (privilege === 'root' && process.geteuid!() === 0 && (await isReadOnly(mount)))
    return { layout, mount, name, there, readOnly: true };
  const base = privilege === 'root' ? '' : await delegated(mount, own, uid);
  if (base === undefined) return { layout, mount, name, there };
  const wanted = place?.(base);
  for (const level of wanted === undefined ? [base] : levelsOf(base, wanted)) {
    const found = await stateOf(path.join(mount, level));
    if (!found) break;
    there.set(level, found);
  }
  const ofNamespace = privilege === 'root' && !(await hasAllUsers());
  return { layout, mount, base, name, there, ...(ofNamespace ? { ofNamespace } : {}) };
}

/** user_namespaces(7) */
async function hasAllUsers(): Promise<boolean> {
  return /^\s*0\s+0\s+4294967295\s*$/.test(await readUserFile('uid_map'));
}

/** As in a container of Docker. */
function isReadOnly(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === 'EROFS',
  );
}

/** Every cgroup on the way from the base to the place, both included. */
export function levelsOf(base: string, place: string): string[] {
  const parts = place.slice(base.length).split('/').filter(Boolean);
  return [base, ...parts.map((_, index) => [base, ...parts.slice(0, index + 1)].join('/'))];
}

/**
 * systemd gives its user manager a cgroup (Delegate=yes): the folder and cgroup.procs are the person's
 * then (https://docs.kernel.org/admin-guide/cgroup-v2.html#delegation). The highest, because a process
 * goes from one to another only below what is all theirs.
 */
async function delegated(mount: string, own: string, uid: number): Promise<string | undefined> {
  for (const level of levelsOf('', own)) {
    const folder = path.join(mount, level);
    const owner = (await stat(folder).catch(() => undefined))?.uid; // outside of a namespace's view
    if (owner !== uid) continue;
    const files = [
      folder,
      ...['cgroup.procs', 'cgroup.subtree_control'].map((f) => `${folder}/${f}`),
    ];
    const writable = await Promise.all(files.map((file) => access(file, constants.W_OK))).then(
      () => true,
      () => false, // not delegated as a whole
    );
    if (writable) return level;
  }
  return undefined;
}

async function stateOf(folder: string): Promise<CgroupState | undefined> {
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  try {
    const [controllers, enabled, procs] = await Promise.all(
      ['cgroup.controllers', 'cgroup.subtree_control', 'cgroup.procs'].map(read),
    );
    // The root has no such file, and is never empty.
    const events = await read('cgroup.events').catch(() => 'populated 1');
    return {
      controllers: words(controllers!),
      enabled: words(enabled!),
      processes: procs !== '',
      populated: /^populated 1$/m.test(events),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function words(text: string): string[] {
  return text.trim().split(/\s+/).filter(Boolean);
}
