/** Opens a folder that another process may move meanwhile. Used for work below it. */
import { constants } from 'node:fs';
import { type OpenFile, open, readlink } from './files';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Of asm-generic/fcntl.h, for every architecture that Node is built for; Node does not export it. */
export const O_PATH = 0o10000000;

/**
 * A user who can write to a parent folder can swap a component for a symlink at any moment. So the opened
 * folder must have the path that was resolved.
 * @param folder absolute real path
 * @returns opened with O_PATH, to be closed by the caller; `pathOf` it is a working directory, and the
 *   beginning of paths below it
 * @throws TerrariumError `folder-moved`; its cause is what open(2) said
 */
export async function openDirectoryNoFollow(folder: string): Promise<OpenFile> {
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW).catch((error: unknown) => {
    throw moved(folder, error);
  });
  if ((await readlink(pathOf(handle))) === folder) return handle;
  await handle.close();
  throw moved(folder);
}

/** In our own /proc/self; a child has the descriptor too until it executes. */
export function pathOf({ fd }: Pick<OpenFile, 'fd'>): string {
  return `/proc/self/fd/${fd}`;
}

function moved(folder: string, cause?: unknown): TerrariumError {
  return new TerrariumError(
    'folder-moved',
    `${escapeControlCharacters(folder)} is not there any more, or no longer what it was.`,
    'Refresh the containers, and look at who else may write to the folders above it.',
    ...(cause === undefined ? [] : [{ cause }]),
  );
}
