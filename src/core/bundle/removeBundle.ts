/** Removes a bundle. Used by Delete Container, first as the person and then by the helper. */
import { type FileHandle, constants, open } from 'node:fs/promises';
import { codeOf } from '../fs/codeOf';
import { O_PATH, pathOf } from '../fs/openReal';
import { removeTree } from '../fs/removeTree';

/**
 * The rootfs first: what is left where that fails is still a bundle, which the helper insists on.
 * @param parent held folder that the bundle lies in; it stays open
 * @throws those of `removeTree`
 */
export async function removeBundle(parent: FileHandle, name: string): Promise<void> {
  const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const bundle = await open(`${pathOf(parent)}/${name}`, flags);
  try {
    await removeTree(bundle, 'rootfs').catch((error: unknown) => {
      // An attempt before this one has come so far.
      if (codeOf(error) !== 'ENOENT') throw error;
    });
  } finally {
    await bundle.close();
  }
  await removeTree(parent, name);
}
