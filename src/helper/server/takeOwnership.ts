/** Gives files of a rootfs to the person, so that the editor can change them. Called by ContainerRegistry.ts. */
import { type FileHandle, constants, open } from 'node:fs/promises';
import { lstat } from 'node:fs/promises';
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { openReal, pathOf } from '../../core/fs/openReal';
import { refuseMounts } from './refuseMounts';
import { runOnFiles } from './runOnFiles';

/**
 * The container may run and rename what we walk over, to aim a chown by root at the host's files. So
 * the way is opened folder by folder without following a link, the command's working directory is the
 * last of these descriptors, and chown -R -P goes on in the same manner (`fts`, `fchownat`).
 * @param place as seen in the container; `/` for everything
 * @param owner who gets them: the person behind the helper
 * @throws TerrariumError `place-missing`, `place-symlink`, `folder-moved`, `mounted-below`, `files-refused`
 */
export async function takeOwnership(
  bundle: Bundle,
  place: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  await refuseMounts(bundle.rootfs);
  const names = place.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw cannot('place-missing', place, 'holds “..”');
  const last = names.pop();
  let folder = await openReal(bundle.rootfs);
  try {
    for (const name of names) {
      const next = await enter(inside(folder, name), place);
      await folder.close();
      folder = next;
    }
    if (last !== undefined) {
      await lstat(inside(folder, last)).catch(() => {
        throw cannot('place-missing', place, 'does not exist');
      });
    }
    const chown = (uid: number, gid: number): [string, ...string[]] => [
      ...(['chown', '-R', '-P', '-h', '--', `${uid}:${gid}`] as const),
      last === undefined ? '.' : `./${last}`,
    ];
    await runOnFiles(chown(0, 0), chown(owner.uid, owner.gid), pathOf(folder));
  } finally {
    await folder.close();
  }
}

function inside(folder: FileHandle, name: string): string {
  return `${pathOf(folder)}/${name}`;
}

async function enter(path: string, place: string): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw cannot('place-symlink', place, 'is reached by a symbolic link or a file');
    throw cannot('place-missing', place, `cannot be reached (${code})`);
  }
}

function cannot(code: string, place: string, reason: string): TerrariumError {
  return new TerrariumError(
    code,
    `${visible(place)} in the rootfs ${reason}.`,
    'Choose a file or folder that is really there.',
  );
}
