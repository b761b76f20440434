/** Deletes a bundle with everything that a container left in it. Called by ContainerRegistry.ts. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { besidesRootfs } from '../../core/bundle/besidesRootfs';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { openReal, pathOf } from '../../core/fs/openReal';
import { refuseMounts } from './refuseMounts';
import { runOnFiles } from './runOnFiles';

/**
 * coreutils' rm descends by descriptors and follows no symbolic link, also one that is put in place
 * of a folder meanwhile; the way to the bundle is held by a descriptor.
 * @param bundle real path of a folder whose container does not run
 * @throws TerrariumError `not-a-bundle`, `more-than-bundle`, `folder-moved`, `mounted-below`,
 *   `files-refused`
 */
export async function deleteBundle(bundle: string): Promise<void> {
  if (bundle === '/') throw notABundle(bundle);
  await refuseMounts(bundle);
  const parent = await openReal(path.dirname(bundle));
  try {
    const name = `./${path.basename(bundle)}`;
    const kind = (file: string) =>
      lstat(path.join(pathOf(parent), name, file)).catch(() => undefined);
    const [config, rootfs] = await Promise.all([kind('config.json'), kind('rootfs')]);
    if (!config?.isFile() || !rootfs?.isDirectory()) throw notABundle(bundle);
    await besidesRootfs(bundle);
    const command = ['rm', '-rf', '--one-file-system', '--', name] as const;
    await runOnFiles([...command], [...command], pathOf(parent));
  } finally {
    await parent.close();
  }
}

function notABundle(bundle: string): TerrariumError {
  return new TerrariumError(
    'not-a-bundle',
    `${visible(bundle)} is not a bundle: it lacks config.json or rootfs as plain file and folder.`,
    'Delete it by hand if you are sure; Terrarium deletes nothing but bundles.',
  );
}
