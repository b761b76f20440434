/** Takes a cgroup away with what was made below it. Used when a container has ended, and by the sweep. */
import { type FileHandle, constants, open, statfs } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../../core/fs/codeOf';
import { O_PATH } from '../../core/fs/openDirectoryNoFollow';
import { removeFolders } from '../../core/fs/removeTree';

/** CGROUP2_SUPER_MAGIC and CGROUP_SUPER_MAGIC, statfs(2). */
const cgroupMagics = [0x63677270, 0x27e0eb];

/** How long it is tried while the last process in it ends, and how far apart, in milliseconds. */
const removeWithin = 2000;
const every = 20;

/**
 * Only empty ones go: rmdir(2) refuses a cgroup with processes, or with one below it that stays.
 * @throws the error of the last try where it stays
 */
export async function removeCgroup(folder: string): Promise<void> {
  for (const until = performance.now() + removeWithin; ; await delay(every)) {
    try {
      await removeOnce(folder);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EBUSY' || performance.now() > until) throw error;
    }
  }
}

/**
 * Root inside may have made cgroups below its own, where they are mounted for it: so deep, too, that the
 * path of the last one is longer than the kernel takes (PATH_MAX). Each is tried once.
 */
async function removeOnce(folder: string): Promise<void> {
  let parent: FileHandle | undefined;
  try {
    parent = await open(path.dirname(folder), O_PATH | constants.O_DIRECTORY);
    await removeFolders(parent, path.basename(folder));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error; // it has gone meanwhile
  } finally {
    await parent?.close();
  }
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
