/**
 * The folders in which runc or crun makes a container's cgroup, in the v2 hierarchy and in that of each v1
 * controller. requireOwnCgroup.ts checks that they are empty before a start. launchRuntime.ts and
 * sweepRuntimes.ts remove what a failed or killed start left: crun 1.8 leaves its cgroup.
 */
import { promises as files } from 'node:fs';
import path from 'node:path';
import { type Guard, isListOf, isObject, isText } from '../../../core/guards';
import { ownMounts } from '../../../core/procfs/ownMounts';
import { removeEmptyCgroups } from '../../cgroup/removeCgroup';

/** @returns for each hierarchy and each possible base of this path, the cgroups down to the container's */
export async function runtimeCgroups(cgroupsPath: string): Promise<string[][]> {
  const [mounts, own] = await Promise.all([
    ownMounts(),
    files.readFile('/proc/self/cgroup', 'latin1'),
  ]);
  const starts = cgroupsPath.startsWith('/') ? ['/'] : startsOf(own);
  const parts = cgroupsPath.split('/').filter(Boolean);
  // Each v1 controller has a hierarchy.
  return mounts
    .filter(({ type }) => type === 'cgroup' || type === 'cgroup2')
    .flatMap(({ mountPoint }) =>
      starts.map((start) =>
        parts.map((_, at) => path.join(mountPoint, start, ...parts.slice(0, at + 1))),
      ),
    );
}

/**
 * The base of a relative path: the root for crun, the caller's cgroup for runc, under v2 that cgroup's
 * parent. Without the systemd driver slice:prefix:name is a relative path too.
 */
function startsOf(own: string): string[] {
  const places = [...own.matchAll(/^\d+:[^:]*:(.*)$/gm)].map(([, place]) => place!);
  return [...new Set(['/', ...places, ...places.map((place) => path.dirname(place))])];
}

/** The cgroups that a start makes. */
interface Unmade {
  /** The container's; all of its descendants are too. */
  readonly own: readonly string[];
  /** Ancestors, outermost first; another container's cgroup may be in one by now. */
  readonly parents: readonly string[];
}

const isFolder: Guard<string> = (value): value is string => isText(value) && value.startsWith('/');

const isUnmade = isObject<Unmade>({ own: isListOf(isFolder), parents: isListOf(isFolder) });

/** The ones that do not exist before a start. */
export async function unmadeCgroups(cgroupsPath: string): Promise<Unmade> {
  const places = await runtimeCgroups(cgroupsPath);
  const missing = async (folders: readonly string[]) => {
    const unique = [...new Set(folders)];
    const areThere = await Promise.all(
      unique.map((one) => files.lstat(one).then(() => true, mayBeThere)),
    );
    return unique.filter((_, index) => !areThere[index]);
  };
  return {
    own: await missing(places.flatMap((levels) => levels.slice(-1))),
    parents: await missing(places.flatMap((levels) => levels.slice(0, -1))),
  };
}

/** All but ENOENT counts as existing, so that it is not removed. */
function mayBeThere({ code }: NodeJS.ErrnoException): boolean {
  return code !== 'ENOENT';
}

function recordIn(folder: string): string {
  return path.join(folder, 'cgroups.json');
}

/** @param folder of the helper's user, where the next helper looks (runtimeFolder.ts) */
export async function recordCgroups(folder: string, cgroups: Unmade): Promise<void> {
  await files.writeFile(recordIn(folder), JSON.stringify(cgroups));
}

/** Removes the recorded cgroups that are empty. No process is moved or killed. */
export async function removeRecordedCgroups(folder: string): Promise<void> {
  const text = await files
    .readFile(recordIn(folder), 'utf8')
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined; // the start failed earlier
    });
  const unmade = text === undefined ? undefined : recorded(text);
  if (!unmade) return;
  await removeEmptyCgroups(unmade.own);
  for (const parent of unmade.parents.toReversed()) await files.rmdir(parent).catch(isInTheWay);
}

/** @returns undefined for a truncated record: the helper was killed during write(2), or ENOSPC */
function recorded(text: string): Unmade | undefined {
  try {
    const unmade: unknown = JSON.parse(text);
    if (isUnmade(unmade)) return unmade;
    throw new Error('cgroups.json is no list of cgroups');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** In use, gone already, or not ours. */
function isInTheWay(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'EACCES', 'EPERM', 'EBUSY', 'ENOTEMPTY'].includes(error.code ?? '')) throw error;
}
