/**
 * Runs `terrarium-init layer` (src/init/layer.c) on the layer of a bundle: Node reads no extended attributes, and
 * overlayfs keeps its marks there. The program gets the two folders as descriptors and no path of theirs.
 */
import type { ChildProcess } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';
import { layerFolder } from '../../core/sequence/overlayStep';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { filesNeedRoot } from '../../core/text/remedies';
import { type InitEnd, endOfInit, namespaceWords, notMapped, spawnInit } from '../host/runInit';

export type LayerBundle = Pick<Bundle, 'path' | 'name' | 'rootfs'>;

/** Exit statuses of layer.c. */
export const [notAllowed, inUse] = [2, 3] as const;

interface Call {
  readonly input?: Buffer;
  /**
   * In a user namespace with the person's subordinate ids, whose files a rootless container makes: `first`, or
   * after a refusal.
   */
  readonly mapped?: 'first' | 'refused';
}

/**
 * @param words an action, and what follows it
 * @returns its standard output
 * @throws TerrariumError `layer-missing`, `layer-not-folder`, `layer-in-use`, `layer-refused`, `layer-failed`
 */
export async function layerTool(
  bundle: LayerBundle,
  words: readonly string[],
  { input = Buffer.alloc(0), mapped = 'refused' }: Call = {},
): Promise<Buffer> {
  const isMapped = mapped === 'first' && mayMap();
  const run = (inNamespace: boolean) =>
    startLayerTool(bundle, words, inNamespace, (child) => endOfInit(child, input));
  const ended = await run(isMapped);
  if (ended.status !== notAllowed || isMapped || !mayMap()) return outputOf(bundle, ended);
  const inNamespace = await run(true);
  return outputOf(bundle, inNamespace.status === notMapped ? ended : inNamespace);
}

/**
 * Starts it.
 * @param isMapped in a user namespace with the person's subordinate ids
 * @param follow is called with it at once, before it can tell anything
 * @throws TerrariumError `layer-missing`, `layer-not-folder`
 */
export async function startLayerTool<T>(
  bundle: LayerBundle,
  words: readonly string[],
  isMapped: boolean,
  follow: (child: ChildProcess) => Promise<T>,
): Promise<T> {
  await requireFolder(bundle, words[0] === 'prepare');
  const layer = await openDirectoryNoFollow(layerFolder(bundle));
  try {
    const rootfs = await openDirectoryNoFollow(bundle.rootfs);
    try {
      const before = isMapped ? namespaceWords() : [];
      return await follow(spawnInit(['layer', ...words], [layer.fd, rootfs.fd], before));
    } finally {
      await rootfs.close();
    }
  } finally {
    await layer.close();
  }
}

/** Makes the caches of the overlay that is the root of this process see what was done to its layers. */
export async function refreshOverlay(bundle: LayerBundle, pid: number): Promise<void> {
  await layerTool(bundle, ['refresh', String(pid)]);
}

/** Whether a user namespace gives more rights. */
export function mayMap(): boolean {
  return process.geteuid!() !== 0 && namespaceWords() !== undefined;
}

/** @param isNew a layer is made there: the folder may be that of a baseline alone */
async function requireFolder(bundle: LayerBundle, isNew: boolean): Promise<void> {
  const folder = layerFolder(bundle);
  const unlessMissing = (error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? noLayer(bundle) : error;
  };
  const found = await lstat(folder).catch(unlessMissing);
  if (!found.isDirectory()) throw notFolder(folder);
  if (!isNew) await lstat(`${folder}/upper`).catch(unlessMissing);
}

export function noLayer({ name }: Pick<LayerBundle, 'name'>): TerrariumError {
  return new TerrariumError(
    'layer-missing',
    `“${escapeControlCharacters(name)}” has no scratch layer.`,
    'Start it on one first (“Start on a Scratch Layer”; “helper.js run --layer” on the command line).',
  );
}

/** A bundle of a stranger's may come with anything of that name. */
export function notFolder(folder: string): TerrariumError {
  return new TerrariumError(
    'layer-not-folder',
    `${escapeControlCharacters(folder)} is no folder, so no scratch layer can lie there.`,
    'Look at what it is, and remove it.',
  );
}

/** @throws TerrariumError that says why it failed */
export function outputOf({ name }: LayerBundle, { status, output, errors }: InitEnd): Buffer {
  if (status === 0) return output;
  const of = `The scratch layer of “${escapeControlCharacters(name)}”`;
  const reason = escapeControlCharacters(errors.trim()) || `exit status ${status}`;
  if (status === inUse)
    throw new TerrariumError(
      'layer-in-use',
      `${of} is left as it is: ${reason}.`,
      'Stop the container first, or do it in the window that started it.',
    );
  if (status === notAllowed)
    throw new TerrariumError('layer-refused', `${of} cannot be used: ${reason}.`, filesNeedRoot);
  throw new TerrariumError(
    'layer-failed',
    `${of} cannot be used: ${reason}.`,
    'Discard it (“Discard Scratch Layer”; “helper.js layer remove” on the command line), or look at what lies in .terrarium.',
  );
}
