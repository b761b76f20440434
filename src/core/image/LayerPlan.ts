/**
 * What a layer takes away from those below it. Its first reading collects that, before its entries are
 * unpacked: a whiteout hides nothing of its own layer, wherever it stands in the archive.
 */
import { TerrariumError } from '../errors';
import type { FolderNames } from './FolderNames';
import { layerNameOf } from './entryName';

/** More than any image has; each costs its name in memory. */
const maxRemovals = 500_000;

export interface Removals {
  /** They go with all that is in them. */
  readonly whole: readonly string[];
  /** They become empty. */
  readonly childrenOf: readonly string[];
}

export class LayerPlan {
  private readonly whiteouts = new Set<string>();
  private readonly opaque = new Set<string>();
  /** What the layer makes anything else than a folder. */
  private readonly replaced = new Set<string>();

  /** @param path of `pathOfEntry` @throws TerrariumError `whiteout-invalid`, `too-many-whiteouts` */
  add(path: string, isFolder: boolean): void {
    const name = layerNameOf(path);
    if (name.kind === 'whiteout') this.whiteouts.add(name.path);
    else if (name.kind === 'opaque') this.opaque.add(name.path);
    else if (name.kind === 'entry' && !isFolder) this.replaced.add(path);
    if (this.whiteouts.size + this.opaque.size + this.replaced.size <= maxRemovals) return;
    throw new TerrariumError(
      'too-many-entries',
      `A layer of the image has more than ${maxRemovals} files and whiteouts.`,
      'Make the image anew with fewer files in a layer.',
    );
  }

  /**
   * @param below the folders of the layers below
   * @returns what is to be removed before the layer's entries are unpacked. A whiteout below a name that the layer makes a file or link means nothing: followed, it would take a
   * file away elsewhere.
   */
  removals(below: Pick<FolderNames, 'has'>): Removals {
    const counts = (path: string) => !this.hasReplaced(path);
    // tar would replace a file, and an empty folder.
    const trees = [...this.replaced].filter((path) => below.has(path));
    return {
      whole: [...[...this.whiteouts].filter(counts), ...trees],
      childrenOf: [...this.opaque].filter((path) => counts(path) && !this.replaced.has(path)),
    };
  }

  private hasReplaced(path: string): boolean {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      if (this.replaced.has(path.slice(0, slash))) return true;
    return false;
  }
}
