/** Looks before a whole tree is changed: a mount in it would be somebody else's files. */
import { readFile } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { unescapePath } from '../../core/procfs/parseMountinfo';
import { visible } from '../../core/text/visible';

/**
 * @param folder absolute real path
 * @throws TerrariumError `mounted-below` where something is mounted on or below it (on the host: a
 *   container's own mounts are in its mount namespace and not seen here)
 */
export async function refuseMounts(folder: string): Promise<void> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
  const mount = mountinfo
    .split('\n')
    .map((line) => unescapePath(line.split(' ')[4] ?? ''))
    .find((place) => place === folder || place.startsWith(`${folder}/`));
  if (mount === undefined) return;
  throw new TerrariumError(
    'mounted-below',
    `Something is mounted at ${visible(mount)}.`,
    'Unmount it first: its files would be changed too.',
  );
}
