/** `helper.js changes` and `helper.js layer`: what a scratch layer changes, and what becomes of it. */
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { changeLine } from '../../core/overlay/changeLine';
import { firstOf } from '../../core/text/firstOf';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { maxChanges } from '../../protocol/layer';
import { changeLayer, layerChanges, layerSize, removeLayer } from '../layer/scratchLayer';
import type { ChangesCall, LayerCall } from './layerCall';

/** Of those that failed. */
const pathsShown = 5;

/**
 * @param allowed where a rootfs may lie outside of its bundle
 * @returns a line for each change, or all of them as JSON
 */
export async function changesCommand(
  { folder, kind, json }: ChangesCall,
  allowed?: AllowedFolders,
): Promise<string> {
  const found = await layerChanges(await loadBundleOrFolder(folder, kind, allowed));
  if (json) return `${JSON.stringify(found, undefined, 2)}\n`;
  const lines = found.changes.map(changeLine);
  if (found.more) lines.push(`… and more than these ${maxChanges}`);
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * @param allowed as for `changesCommand`
 * @throws TerrariumError `changes-left` where not all of them were applied or discarded
 */
export async function layerCommand(
  { task, folder, kind, paths }: LayerCall,
  allowed?: AllowedFolders,
): Promise<string> {
  const bundle = await loadBundleOrFolder(folder, kind, allowed);
  if (task === 'remove') {
    await removeLayer(bundle);
    return '';
  }
  if (task === 'size') return `${JSON.stringify(await layerSize(bundle))}\n`;
  const { failed } = await changeLayer(bundle, task, paths);
  if (failed.length === 0) return '';
  const shown = failed.map(({ path, reason }) => `${escapeControlCharacters(path)} (${reason})`);
  throw new TerrariumError(
    'changes-left',
    `Not every change could be ${task === 'apply' ? 'applied' : 'discarded'}: ${firstOf(shown, pathsShown, (more) => `${more} more`).join(', ')}.`,
    'What is left stands in “helper.js changes”; files of another owner need sudo.',
  );
}
