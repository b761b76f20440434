/** Deletes a bundle with everything that a container left in it. Called by ContainerRegistry.ts. */
import { constants, lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { besidesRootfs } from '../../core/bundle/besidesRootfs';
import { codeOf } from '../../core/bundle/fileProblem';
import { removeBundle } from '../../core/bundle/removeBundle';
import { TerrariumError, messageOf } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { O_PATH, openReal, pathOf } from '../../core/fs/openReal';
import { refuseMounts } from './refuseMounts';
import { inSubordinateIds } from './inSubordinateIds';

/**
 * The way to the bundle is held by a descriptor; see `removeTree` for the way down.
 * @param bundle real path of a folder whose container does not run
 * @throws TerrariumError `not-a-bundle`, `more-than-bundle`, `folder-moved`, `mounted-below`,
 *   `files-refused`
 */
export async function deleteBundle(bundle: string): Promise<void> {
  if (bundle === '/') throw notABundle(bundle);
  await refuseMounts(bundle);
  const parent = await openReal(path.dirname(bundle));
  try {
    const name = path.basename(bundle);
    const kind = (file: string) =>
      lstat(path.join(pathOf(parent), name, file)).catch(() => undefined);
    const [config, rootfs] = await Promise.all([kind('config.json'), kind('rootfs')]);
    if (!config?.isFile() || !rootfs?.isDirectory()) throw notABundle(bundle);
    await besidesRootfs(bundle);
    if (process.geteuid!() !== 0 && (await inSubordinateIds(['remove', name], pathOf(parent))))
      return;
    await removeBundle(parent, name).catch((error: unknown) => {
      throw refused(error);
    });
  } finally {
    await parent.close();
  }
}

/** `helper.js remove NAME`, in the working directory and the user namespace that it was started in. */
export async function removeHere(name: string): Promise<void> {
  const parent = await open('.', O_PATH | constants.O_DIRECTORY);
  try {
    await removeBundle(parent, name);
  } finally {
    await parent.close();
  }
}

function refused(error: unknown): unknown {
  if (!['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return error;
  return new TerrariumError(
    'files-refused',
    `Not every file could be removed: ${visible(messageOf(error))}.`,
    'Files that root made need the helper with sudo: choose that privilege and try again.',
    { cause: error },
  );
}

function notABundle(bundle: string): TerrariumError {
  return new TerrariumError(
    'not-a-bundle',
    `${visible(bundle)} is not a bundle: it lacks config.json or rootfs as plain file and folder.`,
    'Delete it by hand if you are sure; Terrarium deletes nothing but bundles.',
  );
}
