/** Who is in a cgroup, whichever version it is of. Used by Freezer.ts and before a runtime is given one. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * @param folder of the cgroup
 * @returns PIDs in it and in all below it; none where it is not there
 */
export async function processesBelow(folder: string): Promise<number[]> {
  try {
    const [own, entries] = await Promise.all([
      readFile(path.join(folder, 'cgroup.procs'), 'latin1'),
      readdir(folder, { withFileTypes: true }),
    ]);
    const below = await Promise.all(
      entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => processesBelow(path.join(folder, entry.name))),
    );
    return [...own.split('\n').filter(Boolean).map(Number), ...below.flat()];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Whether the error says that a cgroup is no longer there: its files can be open a moment longer. */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}
