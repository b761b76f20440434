/** Removes a baseline, and the folder of the bundle where nothing else is in it. */
import { rm } from 'node:fs/promises';
import { codeOf } from '../../core/fs/codeOf';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { layerFolder } from '../../core/sequence/overlayStep';
import type { LayerBundle } from '../layer/layerTool';
import { removeLayerFolder } from '../layer/prepareLayer';
import { baselineName, noBaseline } from './baselineFile';

/** @throws TerrariumError `baseline-missing`, `folder-moved`; what the kernel says */
export async function forgetBaseline(bundle: LayerBundle): Promise<void> {
  const folder = await openDirectoryNoFollow(layerFolder(bundle)).catch((error: unknown) => {
    const { cause } = error as Error;
    throw codeOf(cause) === 'ENOENT' ? noBaseline(bundle) : error;
  });
  try {
    await rm(`${pathOf(folder)}/${baselineName}`).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? noBaseline(bundle) : error;
    });
  } finally {
    await folder.close();
  }
  await removeLayerFolder(bundle);
}
