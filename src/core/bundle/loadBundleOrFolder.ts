/**
 * Plain folders as containers: a tree from Buildroot, debootstrap or a tarball has no `config.json`.
 * Called by the helper, and where one becomes a bundle.
 */
import path from 'node:path';
import type { FolderKind } from '../../protocol/container';
import type { OciConfig } from '../config/schema';
import { startingPoints } from '../config/templates';
import { TerrariumError } from '../errors';
import { refuseAmbiguous } from './folderKind';
import { type Bundle, loadBundle, realFolder } from './loadBundle';
import { rootShell } from './logins';

/**
 * As in the notes, with a host name made from the folder's.
 * @param shell what PID 1 is (rootShell)
 */
export function defaultConfigFor(folderName: string, shell = '/bin/sh'): OciConfig {
  const hostname = folderName
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
  const notes = startingPoints.find(({ id }) => id === 'notes') ?? startingPoints[0];
  if (!notes) throw new Error('there are no starting points');
  const config = notes.config(hostname === '' ? 'container' : hostname);
  return { ...config, process: { ...config.process, args: [shell] } };
}

/**
 * A bundle, or a plain folder with the default configuration.
 * @param kind which of them whoever asks means; left out, the folder must leave no doubt
 * @throws TerrariumError `bundle-or-folder`, `host-root`, those of `loadBundle`
 */
export async function loadBundleOrFolder(folder: string, kind?: FolderKind): Promise<Bundle> {
  const real = await realFolder(folder);
  const meant = kind ?? ((await refuseAmbiguous(real)).kind === 'folder' ? 'folder' : 'bundle');
  return meant === 'folder' ? plainFolder(real) : loadBundle(real);
}

/** @param real a folder whose own files are the root filesystem */
async function plainFolder(real: string): Promise<Bundle> {
  if (real === '/')
    throw new TerrariumError(
      'host-root',
      'The folder / is the root filesystem of this machine.',
      'Choose a folder that holds another one.',
    );
  const name = path.basename(real);
  const config = defaultConfigFor(name, await rootShell(real));
  return { path: real, name, rootfs: real, config };
}

/** Whether a folder was opened as a plain one: the rootfs of a bundle lies below it. */
export function kindOf({ path: folder, rootfs }: Bundle): FolderKind {
  return rootfs === folder ? 'folder' : 'bundle';
}
