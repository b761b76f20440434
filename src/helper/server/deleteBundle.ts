/** Deletes a bundle with everything that a container left in it. Called by ContainerRegistry.ts. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { besidesRootfs } from '../../core/bundle/besidesRootfs';
import { TerrariumError } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { refuseMounts } from './refuseMounts';
import { runOnFiles } from './runOnFiles';

/**
 * coreutils' rm descends by descriptors and follows no symbolic link, also one that is put in place
 * of a folder meanwhile.
 * @param bundle real path of a folder whose container does not run
 * @throws TerrariumError `not-a-bundle`, `more-than-bundle`, `mounted-below`, `files-refused`
 */
export async function deleteBundle(bundle: string): Promise<void> {
  const kind = (name: string) => lstat(path.join(bundle, name)).catch(() => undefined);
  const [config, rootfs] = await Promise.all([kind('config.json'), kind('rootfs')]);
  if (bundle === '/' || !config?.isFile() || !rootfs?.isDirectory()) {
    throw new TerrariumError(
      'not-a-bundle',
      `${visible(bundle)} is not a bundle: it lacks config.json or rootfs as plain file and folder.`,
      'Delete it by hand if you are sure; Terrarium deletes nothing but bundles.',
    );
  }
  await besidesRootfs(bundle);
  await refuseMounts(bundle);
  const command = ['rm', '-rf', '--one-file-system', '--', bundle] as const;
  await runOnFiles([...command], [...command], '/');
}
