/** A check before a whole tree is changed: a mount in it has files of another filesystem. */
import { readlink } from 'node:fs/promises';
import type { OpenFile } from '../../core/fs/files';
import { TerrariumError } from '../../core/errors';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import { ownMounts } from '../../core/procfs/ownMounts';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/**
 * @param held folder; the kernel gives its current path
 * @throws TerrariumError `mounted-below` where something is mounted on or below it (on the host: a
 *   container's own mounts are in its mount namespace and not seen here)
 */
export async function refuseMounts(held: OpenFile): Promise<void> {
  const folder = await readlink(pathOf(held));
  const mount = (await ownMounts())
    .map(({ mountPoint }) => mountPoint)
    .find((place) => place === folder || place.startsWith(`${folder}/`));
  if (mount === undefined) return;
  throw new TerrariumError(
    'mounted-below',
    `Something is mounted at ${escapeControlCharacters(mount)}.`,
    'Unmount it first: its files would be changed too.',
  );
}
