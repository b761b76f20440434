/**
 * Plain folders as containers: a tree from Buildroot, debootstrap or a tarball has no `config.json`.
 * Called by the helper, and where one becomes a bundle.
 */
import path from 'node:path';
import type { OciConfig } from '../config/schema';
import { startingPoints } from '../config/templates';
import { type Bundle, loadBundle, realFolder } from './loadBundle';
import { looksLikeRootfs } from './looksLikeRootfs';

/** As in the notes, with a host name made from the folder's. */
export function defaultConfigFor(folderName: string): OciConfig {
  const hostname = folderName
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
  const notes = startingPoints.find(({ id }) => id === 'notes') ?? startingPoints[0];
  if (!notes) throw new Error('there are no starting points');
  return notes.config(hostname === '' ? 'container' : hostname);
}

/**
 * A bundle, or a plain folder with the default configuration.
 *
 * A folder that looks like a rootfs is always taken as plain, even with a `config.json` in it: that
 * file lies inside the container, where the container could write what its next start may do.
 * @throws TerrariumError those of `loadBundle`
 */
export async function loadBundleOrFolder(folder: string): Promise<Bundle> {
  const real = await realFolder(folder);
  if (!(await looksLikeRootfs(real))) return loadBundle(real);
  const name = path.basename(real);
  return { path: real, name, rootfs: real, config: defaultConfigFor(name) };
}
