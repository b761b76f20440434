/** Deletes a bundle with everything that a container left in it. Called by ContainerRegistry.ts. */
import type { BigIntStats } from 'node:fs';
import { constants, lstat, open, rm } from 'node:fs/promises';
import type { OpenFile } from '../../core/fs/files';
import path from 'node:path';
import { besidesRootfs } from '../../core/bundle/besidesRootfs';
import { lookAtFolder } from '../../core/bundle/folderKind';
import { codeOf } from '../../core/bundle/fileProblem';
import { type InodeText, holdBundle, inodeOf, removeBundle } from '../../core/bundle/removeBundle';
import { TerrariumError, messageOf } from '../../core/errors';
import { filesNeedRoot } from '../../core/text/remedies';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { recordFolder, recordName } from '../../core/fs/ownershipRecord';
import { O_PATH, openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { refuseMounts } from '../host/refuseMounts';
import { inSubordinateIds } from '../host/runHelper';

/**
 * The way to the bundle is held by a descriptor, and so is the bundle while it is looked at; see
 * `removeTree` for the way down.
 * @param bundle real path of a folder whose container does not run
 * @param confirmed which folder the person was asked about
 * @throws TerrariumError `not-a-bundle`, `more-than-bundle`, `folder-moved`, `mounted-below`,
 *   `files-refused`
 */
export async function deleteBundle(bundle: string, confirmed?: InodeText): Promise<void> {
  if (bundle === '/') throw notABundle(bundle);
  const parent = await openDirectoryNoFollow(path.dirname(bundle));
  try {
    const name = path.basename(bundle);
    const { inode, rootfs } = await requireBundle(parent, name, bundle, confirmed);
    const words = ['remove', name, inode.dev, inode.ino];
    const isRoot = process.geteuid!() === 0;
    if (isRoot || (await inSubordinateIds(words, pathOf(parent))) === undefined)
      await removeBundle(parent, name, inode).catch((error: unknown) => {
        throw refused(error);
      });
    // Whose its files were is of no use any more.
    if (rootfs) await rm(path.join(recordFolder(isRoot), recordName(rootfs)), { force: true });
  } finally {
    await parent.close();
  }
}

/** @returns which folder was looked at, and found to be a bundle with nothing else in it */
async function requireBundle(
  parent: OpenFile,
  name: string,
  shown: string,
  confirmed: InodeText | undefined,
): Promise<{ inode: InodeText; rootfs: BigIntStats | undefined }> {
  const bundle = await holdBundle(parent, name, confirmed);
  try {
    await refuseMounts(bundle);
    const kind = (file: string) =>
      lstat(path.join(pathOf(bundle), file), { bigint: true }).catch(() => undefined);
    const [config, rootfs] = await Promise.all([kind('config.json'), kind('rootfs')]);
    // One that lies outside is not touched.
    const isBundle = rootfs ? rootfs.isDirectory() : await namesOutside(bundle);
    if (!config?.isFile() || !isBundle) throw notABundle(shown);
    await besidesRootfs(pathOf(bundle), shown);
    return { inode: await inodeOf(bundle), rootfs };
  } finally {
    await bundle.close();
  }
}

async function namesOutside(bundle: OpenFile): Promise<boolean> {
  return (await lookAtFolder(pathOf(bundle))).outside !== undefined;
}

/** `helper.js remove NAME DEV INO`, in the working directory and the user namespace that it was started in. */
export async function removeHere(name: string, inode: InodeText): Promise<void> {
  const parent = await open('.', O_PATH | constants.O_DIRECTORY);
  try {
    await removeBundle(parent, name, inode);
  } finally {
    await parent.close();
  }
}

function refused(error: unknown): unknown {
  if (!['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return error;
  return new TerrariumError(
    'files-refused',
    `Not every file could be removed: ${escapeControlCharacters(messageOf(error))}.`,
    filesNeedRoot,
    { cause: error },
  );
}

function notABundle(bundle: string): TerrariumError {
  return new TerrariumError(
    'not-a-bundle',
    `${escapeControlCharacters(bundle)} is not a bundle: it lacks config.json or rootfs as plain file and folder.`,
    'Delete it by hand if you are sure; Terrarium deletes nothing but bundles.',
  );
}
