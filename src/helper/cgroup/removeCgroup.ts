/** Removes a cgroup and its descendants. Used when a container has ended, and by the sweep. */
import { constants, promises as files } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../../core/fs/codeOf';
import { O_PATH } from '../../core/fs/openDirectoryNoFollow';
import { removeFolders } from '../../core/fs/removeTree';

/** CGROUP2_SUPER_MAGIC and CGROUP_SUPER_MAGIC, statfs(2). */
const cgroupMagics = [0x63677270, 0x27e0eb];

/** How long and how often to retry while its last process exits, in milliseconds. */
const removeWithin = 2000;
const every = 20;

/**
 * Removes empty ones only: rmdir(2) fails with EBUSY for a cgroup with processes or children.
 * @throws the error of the last try
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
 * Root inside may have made cgroups below its own, so deep that a path exceeds PATH_MAX. Each is tried
 * once.
 */
async function removeOnce(folder: string): Promise<void> {
  let parent: FileHandle | undefined;
  try {
    parent = await files.open(path.dirname(folder), O_PATH | constants.O_DIRECTORY);
    await removeFolders(parent, path.basename(folder));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error; // removed meanwhile
  } finally {
    await parent?.close();
  }
}

/** @param folders outermost first; skips what is no cgroup, in use, or another user's */
export async function removeEmptyCgroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) {
    const { type } = await files.statfs(folder).catch(() => ({ type: undefined }));
    if (cgroupMagics.includes(type ?? 0))
      await removeCgroup(folder).catch((error: NodeJS.ErrnoException) => {
        if (!['EBUSY', 'EACCES', 'EPERM'].includes(error.code ?? '')) throw error;
      });
  }
}
