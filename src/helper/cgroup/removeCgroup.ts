/** Takes a cgroup away with what was made below it. Used when a container has ended, and by the sweep. */
import { readdir, rmdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** CGROUP2_SUPER_MAGIC and CGROUP_SUPER_MAGIC, statfs(2). */
const cgroupMagics = [0x63677270, 0x27e0eb];

/** How often it is tried while the last process in it ends, and how far apart, in milliseconds. */
const tries = 100;
const every = 20;

/**
 * Only empty ones go: rmdir(2) refuses a cgroup with processes.
 * @throws the error of the last try where it stays
 */
export async function removeCgroup(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await removeTree(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || attempt === tries) throw error;
      await delay(every);
    }
  }
}

/** Root inside may have made cgroups below its own, where they are mounted for it. */
async function removeTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeCgroup(path.join(folder, entry.name));
  await rmdir(folder);
}

/** @param folders outermost first; what is no cgroup, or in use, or not ours stays */
export async function removeEmptyCgroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) {
    const { type } = await statfs(folder).catch(() => ({ type: undefined }));
    if (cgroupMagics.includes(type ?? 0))
      await removeCgroup(folder).catch((error: NodeJS.ErrnoException) => {
        if (!['EBUSY', 'EACCES', 'EPERM'].includes(error.code ?? '')) throw error;
      });
  }
}
