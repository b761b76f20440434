/** The scratch layer that is saved. Used by exportBundle.ts. */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../core/bundle/loadBundle';
import { codeOf } from '../../core/fs/codeOf';
import { layerFolder } from '../../core/sequence/overlayStep';
import { noLayer, notFolder } from '../layer/layerTool';

export function upperFolder(bundle: Bundle): string {
  return path.join(layerFolder(bundle), 'upper');
}

/** @throws TerrariumError `layer-missing`, `layer-not-folder` */
export async function requireLayer(bundle: Bundle): Promise<void> {
  for (const folder of [layerFolder(bundle), upperFolder(bundle)]) {
    const found = await lstat(folder).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? noLayer(bundle) : error;
    });
    if (!found.isDirectory()) throw notFolder(folder);
  }
}
