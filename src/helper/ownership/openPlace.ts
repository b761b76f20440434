/**
 * Opens what Take Ownership works on: the rootfs, and in it one file or folder, reached folder by folder
 * without following a link. Called by ownership.ts.
 */
import { closeSync } from 'node:fs';
import type { OpenFile } from '../../core/fs/files';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { type Identity, enter, holdSync, identify } from '../../core/fs/heldFolders';
import { namesOf } from '../../core/fs/walkFolders';
import { type Visited, walkTree } from '../../core/fs/walkTree';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Ids, Owner } from './Ids';

export interface Job {
  readonly ids: Ids;
  /** Who gets the files, as the machine counts. */
  readonly person: Owner;
  /** What fstat(2) says of the rootfs. */
  readonly rootfs: Visited['stat'];
  /** The place and all that is in it. */
  walk(): AsyncGenerator<Visited>;
  /** Path inside the rootfs of what was found in the place. A container can make it as long as it likes. */
  pathOf(one: Pick<Visited, 'way'>): Buffer;
}

/**
 * @param rootfs held folder
 * @param place path inside it; `/` for all of it
 * @throws TerrariumError `place-missing`, `place-symlink`, `mounted-below`
 */
export async function withPlace<T>(
  rootfs: OpenFile,
  place: string,
  who: Pick<Job, 'ids' | 'person'>,
  use: (job: Job) => Promise<T>,
): Promise<T> {
  const names = place.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..') || place.includes('\0'))
    throw cannot('place-missing', place, 'is no path of it');
  const last = names.pop();
  const identity = await identify(rootfs);
  let folder = await enter(rootfs, Buffer.from('.'), identity);
  try {
    for (const name of names) {
      const next = await enter(folder, Buffer.from(name), identity).catch(explain(place));
      await folder.close();
      folder = next;
    }
    const name = Buffer.from(last ?? '.');
    requireThere(folder, name, identity, place);
    const start = [...names, ...(last === undefined ? [] : [last])].map((name) =>
      Buffer.from(name),
    );
    const slash = Buffer.from('/');
    return await use({
      ...who,
      rootfs: await rootfs.stat({ bigint: true }),
      walk: () => walkTree(folder, name),
      pathOf: ({ way }) => {
        const all = [...start, ...namesOf(way)];
        return all.length === 0 ? slash : Buffer.concat(all.flatMap((name) => [slash, name]));
      },
    });
  } finally {
    await folder.close();
  }
}

function requireThere(folder: OpenFile, name: Buffer, above: Identity, place: string): void {
  try {
    closeSync(holdSync(folder, name, above));
  } catch (error) {
    explain(place)(error);
  }
}

function explain(place: string): (error: unknown) => never {
  return (error) => {
    const code = codeOf(error);
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw cannot('place-symlink', place, 'is reached by a symbolic link or a file');
    if (code === 'ENOENT') throw cannot('place-missing', place, 'does not exist');
    if (code === 'EACCES') throw cannot('place-missing', place, 'cannot be reached (EACCES)');
    throw error;
  };
}

function cannot(code: string, place: string, reason: string): TerrariumError {
  return new TerrariumError(
    code,
    `${escapeControlCharacters(place)} in the rootfs ${reason}.`,
    'Choose a file or folder that is really there.',
  );
}
