/** Opens a folder that a command of root is to work in. Used by takeOwnership.ts and deleteBundle.ts. */
import { type FileHandle, constants, open, readlink } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';

/**
 * Whoever may write to a folder above it can swap one on the way for a symlink at any moment, so what
 * was opened has to be what the path said when it was resolved.
 * @param folder absolute real path
 * @returns to be closed by the caller; as a working directory it is `/proc/self/fd/N`
 * @throws TerrariumError `folder-moved`
 */
export async function openReal(folder: string): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((error: unknown) => {
    throw moved(folder, error);
  });
  if ((await readlink(pathOf(handle))) === folder) return handle;
  await handle.close();
  throw moved(folder);
}

/** In our own /proc/self; a child has the descriptor too until it executes. */
export function pathOf({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

function moved(folder: string, cause?: unknown): TerrariumError {
  return new TerrariumError(
    'folder-moved',
    `${visible(folder)} is not there any more, or no longer what it was.`,
    'Refresh the containers, and look at who else may write to the folders above it.',
    ...(cause === undefined ? [] : [{ cause }]),
  );
}
