/** `helper.js changes` and `helper.js layer`: what a scratch layer changes, and what becomes of it. */
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { Bundle } from '../../core/bundle/loadBundle';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { changeLines } from '../../core/overlay/changeLines';
import { firstOf } from '../../core/text/firstOf';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { changeLayer, layerChanges, layerSize, removeLayer } from '../layer/scratchLayer';
import { baselineChanges } from './baselineCommand';
import type { ChangesCall, LayerCall } from './layerCall';

/** Of those that failed. */
const pathsShown = 5;

/**
 * Without a layer it is what is different since the baseline.
 * @param allowed where a rootfs may lie outside of its bundle
 * @returns a line for each change, or all of them as JSON
 */
export async function changesCommand(
  { folder, kind, json }: ChangesCall,
  allowed?: AllowedFolders,
): Promise<string> {
  const bundle = await loadBundleOrFolder(folder, kind, allowed);
  const found = await layerChanges(bundle).catch(async (error: unknown) => {
    if (codeOf(error) !== 'layer-missing') throw error;
    const said = await sinceBaseline(bundle, json);
    if (said === undefined) throw nothingToCompare(bundle);
    return said;
  });
  if (typeof found === 'string') return found;
  if (json) return `${JSON.stringify(found, undefined, 2)}\n`;
  return changeLines(found);
}

function nothingToCompare({ name }: Bundle): TerrariumError {
  return new TerrariumError(
    'layer-missing',
    `“${escapeControlCharacters(name)}” has no scratch layer, and no baseline.`,
    'Start it on a layer (“helper.js run --layer”), or take a baseline (“helper.js baseline mark”), and change something then.',
  );
}

/** @returns undefined where there is none either */
async function sinceBaseline(bundle: Bundle, json: boolean): Promise<string | undefined> {
  try {
    return await baselineChanges(bundle, json);
  } catch (error) {
    if (codeOf(error) !== 'baseline-missing') throw error;
    return undefined;
  }
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
