/**
 * The children of each process in groups of those that are alike, kept until something about them changes:
 * what an update costs grows with what it changes, not with the number of processes. Used by `ContainerPicture`.
 */
import type { ProcessTree } from '../tree/processTree';
import type { TreeChange } from '../tree/treeNode';

/** Children of one process that have one name and are in one place, ordered by PID. */
interface Alike {
  /** What is equal of them, as text. */
  readonly what: string;
  readonly keys: readonly string[];
}

export class Families {
  /** Parent (undefined: the roots) → its children. */
  readonly #known = new Map<string | undefined, readonly Alike[]>();

  /**
   * @param tree changes in place
   * @param whatOf what has to be equal for two processes to be alike
   */
  constructor(
    private readonly tree: ProcessTree,
    private readonly whatOf: (key: string) => string,
  ) {}

  /** The groups in the order of the lowest PID of each. */
  of(parent: string | undefined): readonly Alike[] {
    const known = this.#known.get(parent);
    if (known) return known;
    const keys = parent === undefined ? this.tree.roots : (this.tree.get(parent)?.children ?? []);
    const groups = new Map<string, string[]>();
    for (const key of keys) {
      const what = this.whatOf(key);
      const group = groups.get(what);
      if (group) group.push(key);
      else groups.set(what, [key]);
    }
    const found = [...groups].map(([what, alike]) => ({ what, keys: alike }));
    this.#known.set(parent, found);
    return found;
  }

  /** @returns whether anything that the picture shows may be another */
  apply({ relisted, renamed, removed, roots }: TreeChange): boolean {
    let isOther = false;
    const forget = (key: string | undefined) => {
      isOther = this.#known.delete(key) || isOther;
    };
    if (roots) forget(undefined);
    for (const key of relisted) forget(key);
    for (const key of renamed) forget(this.tree.get(key)?.parent);
    for (const key of removed) forget(key);
    return isOther;
  }

  /** These are elsewhere now. */
  moved(keys: Iterable<string>): void {
    for (const key of keys) this.#known.delete(this.tree.get(key)?.parent);
  }
}
