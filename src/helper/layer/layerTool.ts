/**
 * Runs `terrarium-init layer` (src/init/layer.c) on the layer of a bundle: Node reads no extended attributes, and
 * overlayfs keeps its marks there. The program gets the two folders as descriptors and no path of theirs.
 */
import { lstat } from 'node:fs/promises';
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';
import { layerFolder } from '../../core/sequence/overlayStep';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { filesNeedRoot } from '../../core/text/remedies';
import { type InitEnd, namespaceWords, runInit } from '../host/runInit';

export type LayerBundle = Pick<Bundle, 'path' | 'name' | 'rootfs'>;

/** Exit statuses of layer.c. */
const [notAllowed, inUse] = [2, 3] as const;

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
  await requireFolder(bundle);
  const layer = await openDirectoryNoFollow(layerFolder(bundle));
  try {
    const rootfs = await openDirectoryNoFollow(bundle.rootfs);
    try {
      const given = [layer.fd, rootfs.fd] as const;
      const inNamespace = process.geteuid!() === 0 ? undefined : namespaceWords();
      if (!inNamespace || mapped === 'refused') {
        const plain = await runInit(['layer', ...words], input, given);
        if (plain.status !== notAllowed || !inNamespace) return outputOf(bundle, plain);
      }
      return outputOf(bundle, await runInit(['layer', ...words], input, given, inNamespace));
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

async function requireFolder(bundle: LayerBundle): Promise<void> {
  const folder = layerFolder(bundle);
  const found = await lstat(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new TerrariumError(
      'layer-missing',
      `“${escapeControlCharacters(bundle.name)}” has no scratch layer.`,
      'Start it on one first (“Start on a Scratch Layer”; “helper.js run --layer” on the command line).',
    );
  });
  if (!found.isDirectory()) throw notFolder(folder);
}

/** A bundle of a stranger's may come with anything of that name. */
export function notFolder(folder: string): TerrariumError {
  return new TerrariumError(
    'layer-not-folder',
    `${escapeControlCharacters(folder)} is no folder, so no scratch layer can lie there.`,
    'Look at what it is, and remove it.',
  );
}

function outputOf({ name }: LayerBundle, { status, output, errors }: InitEnd): Buffer {
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
