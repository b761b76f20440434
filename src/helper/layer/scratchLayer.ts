/** What is known of a scratch layer, and what is done with it: its changes, its size, apply, discard, remove. */
import path from 'node:path';
import { parseChanges } from '../../core/overlay/parseChanges';
import { readSide } from '../../core/overlay/readSide';
import { layerFolder } from '../../core/sequence/overlayStep';
import {
  type LayerChanges,
  type LayerResult,
  type LayerSide,
  type LayerSize,
  SeenFiles,
  maxChanges,
} from '../../protocol/layer';
import { type LayerBundle, layerTool, refreshOverlay } from './layerTool';
import { removeLayerFolder } from './prepareLayer';

/** The upper alone is walked. @throws TerrariumError those of layerTool */
export async function layerChanges(bundle: LayerBundle): Promise<LayerChanges> {
  return parseChanges(await layerTool(bundle, ['changes', String(maxChanges)]));
}

/** A file of it, or of the rootfs. @throws errors of open(2) */
export function layerSide(
  bundle: LayerBundle,
  side: 'rootfs' | 'layer',
  file: string,
): Promise<LayerSide> {
  return readSide(side === 'layer' ? path.join(layerFolder(bundle), 'upper') : bundle.rootfs, file);
}

/** @throws TerrariumError those of layerTool */
export async function layerSize(bundle: LayerBundle): Promise<LayerSize> {
  const [bytes, files] = wordsOf(await layerTool(bundle, ['size']));
  return { bytes: Number(bytes), files: Number(files) };
}

/**
 * @param paths of changes; with none it is all of them
 * @param pid of PID 1, where this helper runs the container: its overlay is told
 * @throws TerrariumError those of layerTool
 */
export async function changeLayer(
  bundle: LayerBundle,
  action: 'apply' | 'discard',
  paths: readonly string[],
  pid?: number,
): Promise<LayerResult> {
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''));
  const held = pid === undefined ? '0' : '1';
  const words = wordsOf(await layerTool(bundle, [action, held], { input, mapped: 'first' }));
  if (pid !== undefined) await refreshOverlay(bundle, pid);
  const failed: { path: string; reason: string }[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [reason = '', path = ''] = words.slice(at, at + 2);
    if (reason !== 'done') failed.push({ path, reason });
  }
  return { failed };
}

/**
 * What a container that runs on the layer sees of files of its rootfs that were edited.
 * @param pid of PID 1
 * @param paths relative to the rootfs
 * @throws TerrariumError those of layerTool
 */
export async function seenInside(
  bundle: LayerBundle,
  pid: number,
  paths: readonly string[],
): Promise<SeenFiles> {
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''));
  const words = wordsOf(await layerTool(bundle, ['seen', String(pid)], { input }));
  const files = paths.map((path, index) => ({ path, state: words[2 * index] }));
  return SeenFiles.parse({ files });
}

/** The whole layer, of a container that does not run. @throws TerrariumError those of layerTool */
export async function removeLayer(bundle: LayerBundle): Promise<void> {
  await layerTool(bundle, ['remove'], { mapped: 'first' });
  await removeLayerFolder(bundle);
}

function wordsOf(said: Buffer): string[] {
  return said.toString('utf8').split('\0').slice(0, -1);
}
