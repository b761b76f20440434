/**
 * The folders in which runc or crun make a container's cgroup, in the tree of version 2 and in that of
 * each controller of version 1: to look whether they are free before a start (requireOwnCgroup.ts), and
 * to take away what a failed or killed start left there (launchRuntime.ts, sweepRuntimes.ts). crun 1.8
 * leaves its cgroup where a start fails after it was made.
 */
import { lstat, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ownMounts } from '../../../core/procfs/ownMounts';
import { removeEmptyCgroups } from '../../cgroup/removeCgroup';

/** @returns for each tree and each place in it where this path may begin, the cgroups down to its own */
export async function runtimeCgroups(cgroupsPath: string): Promise<string[][]> {
  const [mounts, own] = await Promise.all([ownMounts(), readFile('/proc/self/cgroup', 'latin1')]);
  const starts = cgroupsPath.startsWith('/') ? ['/'] : startsOf(own);
  const parts = cgroupsPath.split('/').filter(Boolean);
  // Controllers of version 1 have a tree each.
  return mounts
    .filter(({ type }) => type === 'cgroup' || type === 'cgroup2')
    .flatMap(({ mountPoint }) =>
      starts.map((start) =>
        parts.map((_, at) => path.join(mountPoint, start, ...parts.slice(0, at + 1))),
      ),
    );
}

/**
 * Where a path without a leading slash begins: to crun at the top, to runc at the cgroup of who calls
 * it, under version 2 at the one above. systemd's slice:prefix:name is such a path where nobody asks
 * systemd.
 */
function startsOf(own: string): string[] {
  const places = [...own.matchAll(/^\d+:[^:]*:(.*)$/gm)].map(([, place]) => place!);
  return [...new Set(['/', ...places, ...places.map((place) => path.dirname(place))])];
}

/** What a start may leave of its cgroups. */
const Unmade = z.object({
  /** The container's own: all below it is its, too. */
  own: z.array(z.string().startsWith('/')),
  /** Above those, outermost first; others may have one of theirs there by now. */
  parents: z.array(z.string().startsWith('/')),
});
type Unmade = z.infer<typeof Unmade>;

/** Those that are not there before a start: what it makes of them is its own. */
export async function unmadeCgroups(cgroupsPath: string): Promise<Unmade> {
  const places = await runtimeCgroups(cgroupsPath);
  const missing = async (folders: readonly string[]) => {
    const unique = [...new Set(folders)];
    const areThere = await Promise.all(
      unique.map((one) => lstat(one).then(() => true, mayBeThere)),
    );
    return unique.filter((_, index) => !areThere[index]);
  };
  return {
    own: await missing(places.flatMap((levels) => levels.slice(-1))),
    parents: await missing(places.flatMap((levels) => levels.slice(0, -1))),
  };
}

/** What cannot be looked at counts as there, so that nothing removes it. */
function mayBeThere({ code }: NodeJS.ErrnoException): boolean {
  return code !== 'ENOENT';
}

function recordIn(folder: string): string {
  return path.join(folder, 'cgroups.json');
}

/** @param folder of the helper's own user, in which the next one looks (runtimeFolder.ts) */
export async function recordCgroups(folder: string, cgroups: Unmade): Promise<void> {
  await writeFile(recordIn(folder), JSON.stringify(cgroups));
}

/** Removes those of the record that are there and empty: no process is moved or killed. */
export async function removeRecordedCgroups(folder: string): Promise<void> {
  const text = await readFile(recordIn(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined; // the start did not come that far
  });
  const unmade = text === undefined ? undefined : recorded(text);
  if (!unmade) return;
  await removeEmptyCgroups(unmade.own);
  for (const parent of unmade.parents.toReversed()) await rmdir(parent).catch(isInTheWay);
}

/** @returns undefined for half of one: its helper was killed while it wrote, or the disk was full */
function recorded(text: string): Unmade | undefined {
  try {
    return Unmade.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** In use, gone already, or not ours. */
function isInTheWay(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'EACCES', 'EPERM', 'EBUSY', 'ENOTEMPTY'].includes(error.code ?? '')) throw error;
}
