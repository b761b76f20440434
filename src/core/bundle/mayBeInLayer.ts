/** Whether the scratch layer of a bundle may bring another program than its rootfs has. For `checkCommand`. */
import path from 'node:path';
import type { OciConfig } from '../config/schema';
import { layerFolderName } from '../config/scratchLayer';
import { codeOf } from '../fs/codeOf';
import { lstat } from '../fs/files';
import { lookBudget } from '../fs/lookBudget';
import { withInside } from '../fs/openInside';
import { placesOf } from './findCommand';

/**
 * @param bundle its `path` is the folder with the layer
 * @param program of the rootfs that cannot run: that of `process`, or what that needs
 * @returns true also where the layer is not for us to see
 */
export async function mayBeInLayer(
  bundle: { readonly path: string; readonly rootfs: string },
  process: OciConfig['process'],
  program: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const upper = path.join(bundle.path, layerFolderName, 'upper');
  const budget = lookBudget(signal);
  const real = (inside: string) =>
    withInside(bundle.rootfs, inside, (found) => found.inside, budget);
  for (const place of new Set([program, ...placesOf(process)])) {
    const { dir, base } = path.posix.parse(place);
    const folder = await real(dir);
    const places = [place, await real(place), folder && path.posix.join(folder, base)];
    for (const one of new Set(places))
      if (one !== undefined && (await touches(upper, one))) return true;
  }
  return false;
}

/** A link or whiteout on the way counts as well. */
async function touches(upper: string, inside: string): Promise<boolean> {
  let here = upper;
  for (const name of path.posix.normalize(inside).split('/').filter(Boolean)) {
    here = path.join(here, name);
    try {
      if (!(await lstat(here)).isDirectory()) return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      if (codeOf(error) === 'EACCES') return true;
      throw error;
    }
  }
  return true;
}
