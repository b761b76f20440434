/** Holds a folder that an import has made in a folder that others may write to as well. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';
import type { OpenFile } from '../../core/fs/files';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';

/**
 * Who may write to the parent can put a link in its place: all work goes by way of the descriptor.
 * @param owner whose it has to be
 */
export async function holdNew(folder: string, owner = process.geteuid!()): Promise<OpenFile> {
  const held = await openDirectoryNoFollow(
    path.join(await realpath(path.dirname(folder)), path.basename(folder)),
  );
  if ((await held.stat()).uid === owner) return held;
  await held.close();
  throw new TerrariumError(
    'folder-moved',
    'Somebody else has put another folder in the place of the one that the import fills.',
    'Import into a folder that only you may write to.',
  );
}
