/** The threads in a v1 or v2 cgroup. Used by Freezer.ts and before a runtime is given one. */
import { promises as files } from 'node:fs';
import path from 'node:path';

/**
 * Threads rather than processes: `cgroup.procs` omits a process whose main thread ended in another cgroup
 * while its other threads run on here.
 * @param folder of the cgroup
 * @returns TIDs in it and its descendants; none where it does not exist
 */
export async function tasksBelow(folder: string): Promise<number[]> {
  try {
    const [own, entries] = await Promise.all([
      readTasks(folder),
      files.readdir(folder, { withFileTypes: true }),
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

/** Whether the error says that the cgroup was removed: its files may still be open then. */
export function isCgroupGone(error: unknown): boolean {
  return ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** The file is called so in version 2 (cgroup-v2.rst) and in version 1 (cgroup-v1/cgroups.rst). */
async function readTasks(folder: string): Promise<string> {
  try {
    return await files.readFile(path.join(folder, 'cgroup.threads'), 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return files.readFile(path.join(folder, 'tasks'), 'latin1');
  }
}
