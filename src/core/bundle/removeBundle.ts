/** Removes a bundle. Used by Delete Container, first as the person and then by the helper. */
import { constants, open } from 'node:fs/promises';
import type { OpenFile } from '../fs/files';
import { layerFolderName } from '../config/scratchLayer';
import { TerrariumError } from '../errors';
import { codeOf } from '../fs/codeOf';
import { O_PATH, pathOf } from '../fs/openDirectoryNoFollow';
import { removeTree } from '../fs/removeTree';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Which folder it is, whatever its name: st_dev and st_ino in decimal, as they go over the socket. */
export interface InodeText {
  readonly dev: string;
  readonly ino: string;
}

export async function inodeOf(folder: OpenFile): Promise<InodeText> {
  const { dev, ino } = await folder.stat({ bigint: true });
  return { dev: String(dev), ino: String(ino) };
}

/**
 * @param parent held folder that it lies in
 * @param confirmed which folder the person was asked about; another one that has its name by now is not it
 * @returns opened with O_PATH, to be closed by the caller
 * @throws TerrariumError `folder-moved`; what open(2) says
 */
export async function holdBundle(
  parent: OpenFile,
  name: string,
  confirmed?: InodeText,
): Promise<OpenFile> {
  const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const bundle = await open(`${pathOf(parent)}/${name}`, flags);
  const { dev, ino } = await inodeOf(bundle);
  if (!confirmed || (dev === confirmed.dev && ino === confirmed.ino)) return bundle;
  await bundle.close();
  throw new TerrariumError(
    'folder-moved',
    `${escapeControlCharacters(name)} is not deleted: it is another folder than the one that was confirmed.`,
    'Refresh the containers, and look at who else may write to the folder above it.',
  );
}

/**
 * The layer and the rootfs first, in this order: what is left where one fails is still a bundle, which the helper
 * insists on.
 * @param parent held folder that the bundle lies in; it stays open
 * @param confirmed see `holdBundle`
 * @throws TerrariumError `folder-moved`, those of `removeTree`
 */
export async function removeBundle(
  parent: OpenFile,
  name: string,
  confirmed?: InodeText,
): Promise<void> {
  const bundle = await holdBundle(parent, name, confirmed);
  try {
    const inode = await inodeOf(bundle);
    for (const folder of [layerFolderName, 'rootfs'])
      await removeTree(bundle, folder).catch((error: unknown) => {
        // There is none, or an attempt before this one has come so far; or no folder, which goes with the rest.
        const isNone = folder === layerFolderName ? /^(?:ENOENT|ENOTDIR|ELOOP)$/ : /^ENOENT$/;
        if (!isNone.test(codeOf(error) ?? '')) throw error;
      });
    await removeTree(parent, name, inode);
  } finally {
    await bundle.close();
  }
}
