/** Makes the folders of a scratch layer before a start, where they are not there. Called by the built-in engine. */
import { lstat, lchown, mkdir, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import { layerFolderName } from '../../core/config/scratchLayer';
import { codeOf } from '../../core/fs/codeOf';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import type { HostFacts } from '../../core/sequence/hostFacts';
import { layerFolder } from '../../core/sequence/overlayStep';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type LayerBundle, layerTool, notFolder } from './layerTool';

/**
 * The folder is whose the bundle is, and nobody else looks into it: a program with a set-user-ID bit that was made
 * inside is not for other users of the machine.
 * @throws TerrariumError `layer-not-folder`, `layer-of-root`, those of layerTool
 */
export async function prepareLayer(
  bundle: LayerBundle,
  { rootfsOwner }: Pick<HostFacts, 'rootfsOwner'>,
): Promise<void> {
  const held = await openDirectoryNoFollow(bundle.path);
  try {
    const owner = await lstat(`${pathOf(held)}/.`);
    const folder = `${pathOf(held)}/${layerFolderName}`;
    await ours(folder, owner, () => mkdir(folder, { mode: 0o700 }));
    if (!(await lstat(folder)).isDirectory()) throw notFolder(layerFolder(bundle));
    const ignore = `${folder}/.gitignore`;
    await ours(ignore, owner, () => writeFile(ignore, '*\n', { flag: 'wx', mode: 0o644 }));
  } finally {
    await held.close();
  }
  const isOthers = rootfsOwner !== undefined && rootfsOwner.uid !== process.geteuid!();
  await layerTool(bundle, ['prepare'], { mapped: isOthers ? 'first' : 'refused' });
  if (process.geteuid!() !== 0) await refuseOfRoot(bundle);
}

/** What root makes in a folder of the person's is the person's. */
async function ours(file: string, { uid, gid }: Stats, make: () => Promise<unknown>) {
  try {
    await make();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  if (process.geteuid!() === 0) await lchown(file, uid, gid);
}

/** overlayfs makes a folder `work` there; of another owner it could not be used, and the container would be read-only. */
async function refuseOfRoot(bundle: LayerBundle): Promise<void> {
  const made = await lstat(`${layerFolder(bundle)}/work/work`).catch(() => undefined); // never mounted yet
  if (made?.uid !== 0) return;
  throw new TerrariumError(
    'layer-of-root',
    `The scratch layer of “${escapeControlCharacters(bundle.name)}” was last used with sudo, and belongs to root.`,
    'Start it with sudo (“Terrarium: Choose Privilege…” in the editor), or discard the layer with sudo (“Discard Scratch Layer”; “sudo helper.js layer remove” on the command line).',
  );
}
