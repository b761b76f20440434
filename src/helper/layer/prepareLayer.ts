/**
 * Makes the folders of a scratch layer before a start, where they are not there, and the one that it shares with a
 * baseline. Called by the built-in engine, and for a baseline.
 */
import { constants } from 'node:fs';
import { type FileHandle, chown, lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { layerFolderName } from '../../core/config/scratchLayer';
import { codeOf } from '../../core/fs/codeOf';
import { O_PATH, openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
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
  await makeLayerFolder(bundle);
  const isOthers = rootfsOwner !== undefined && rootfsOwner.uid !== process.geteuid!();
  await layerTool(bundle, ['prepare'], { mapped: isOthers ? 'first' : 'refused' });
  if (process.geteuid!() !== 0) await refuseOfRoot(bundle);
}

/**
 * With a `.gitignore`. What root makes in a folder of the person's is the person's.
 * @throws TerrariumError `layer-not-folder`
 */
export async function makeLayerFolder(bundle: LayerBundle): Promise<void> {
  const held = await openDirectoryNoFollow(bundle.path);
  try {
    const { uid, gid } = await held.stat();
    const isRoot = process.geteuid!() === 0;
    const place = `${pathOf(held)}/${layerFolderName}`;
    const isNew = await unlessThere(() => mkdir(place, { mode: 0o700 }));
    const folder = await openFolder(place).catch((error: unknown) => {
      if (!['ENOTDIR', 'ELOOP'].includes(codeOf(error) ?? '')) throw error;
      throw notFolder(layerFolder(bundle));
    });
    try {
      if (isNew && isRoot) await chown(`${pathOf(folder)}/.`, uid, gid);
      await unlessThere(async () => {
        const ignore = await open(`${pathOf(folder)}/.gitignore`, 'wx', 0o644);
        try {
          await ignore.writeFile('*\n');
          if (isRoot) await ignore.chown(uid, gid);
        } finally {
          await ignore.close();
        }
      });
    } finally {
      await folder.close();
    }
  } finally {
    await held.close();
  }
}

/** Where nothing is in it but its own `.gitignore`: a layer, a baseline, or what somebody has put there stays. */
export async function removeLayerFolder(bundle: Pick<LayerBundle, 'path'>): Promise<void> {
  const parent = await openDirectoryNoFollow(bundle.path);
  try {
    const folder = await openDirectoryNoFollow(layerFolder(bundle));
    try {
      const names = await readdir(pathOf(folder));
      if (names.some((name) => name !== '.gitignore')) return;
      await rm(`${pathOf(folder)}/.gitignore`, { force: true });
    } finally {
      await folder.close();
    }
    await rmdir(`${pathOf(parent)}/${layerFolderName}`).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOTEMPTY') throw error; // something was put there meanwhile
    });
  } finally {
    await parent.close();
  }
}

/** Held, because who may write to the bundle can put a link in its place. */
function openFolder(place: string): Promise<FileHandle> {
  return open(place, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** @returns whether it was made */
async function unlessThere(make: () => Promise<unknown>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
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
