/** Who is in a cgroup, whichever version it is of. Used by Freezer.ts and before a runtime is given one. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Threads rather than processes: `cgroup.procs` leaves out a process whose main thread has ended
 * somewhere else, while others of its threads run on here.
 * @param folder of the cgroup
 * @returns TIDs in it and in all below it; none where it is not there
 */
export async function tasksBelow(folder: string): Promise<number[]> {
  try {
    const [own, entries] = await Promise.all([
      readTasks(folder),
      readdir(folder, { withFileTypes: true }),
    ]);
    const below = await Promise.all(
      entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => tasksBelow(path.join(folder, entry.name))),
    );
    return [...own.split('\n').filter(Boolean).map(Number), ...below.flat()];
  } catch (error) {
    if (isCgroupGone(error)) return [];
    throw error;
  }
}

/** Whether the error says that a cgroup is no longer there: its files can be open a moment longer. */
export function isCgroupGone(error: unknown): boolean {
  return ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** The file is called so in version 2 (cgroup-v2.rst) and in version 1 (cgroup-v1/cgroups.rst). */
async function readTasks(folder: string): Promise<string> {
  try {
    return await readFile(path.join(folder, 'cgroup.threads'), 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return readFile(path.join(folder, 'tasks'), 'latin1');
  }
}
