/** A file as it was when the baseline was taken, for the diff editor. */
import type { BaselineSide } from '../../protocol/baseline';
import type { LayerBundle } from '../layer/layerTool';
import { Baseline } from './baselineFile';
import { type Entry, orderOf, shownPath } from './entry';

/**
 * @param path as `Entry` has it
 * @throws TerrariumError those of `Baseline.use`
 */
export function baselineSide(bundle: LayerBundle, path: string): Promise<BaselineSide> {
  return Baseline.use(bundle, (baseline) => {
    const order = orderOf(path);
    for (const entry of baseline.entries()) {
      if (entry.path === path) return sideOf(baseline, entry);
      if (orderOf(entry.path) > order) break;
    }
    return { kind: 'missing' };
  });
}

function sideOf(baseline: Baseline, entry: Entry): BaselineSide {
  switch (entry.type) {
    case 'l':
      return { kind: 'link', target: shownPath(entry.link ?? '') };
    case 'd':
      return { kind: 'folder' };
    case 'f': {
      const text = baseline.textOf(entry);
      if (text) return { kind: 'text', base64: text.toString('base64') };
      const { size, sha256: digest } = entry;
      return { kind: 'digest', size, ...(digest !== undefined && { digest }) };
    }
    default:
      return { kind: 'special' };
  }
}
