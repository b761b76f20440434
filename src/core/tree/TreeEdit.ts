/**
 * Collects what one message does to a `ProcessTree`. Lists of children are rebuilt at the end of the
 * message, each once: a message can add or remove thousands of children of one process.
 */
import type { MutableNode, TreeChange } from './treeNode';

type Order = (a: string, b: string) => number;

interface ListEdit {
  readonly removed: Set<string>;
  readonly added: Set<string>;
}

export class TreeEdit {
  readonly #texts = new Set<string>();
  /** Parent (undefined: the roots) → the keys removed from its list and added to it. */
  readonly #lists = new Map<string | undefined, ListEdit>();

  constructor(private readonly nodes: ReadonlyMap<string, MutableNode>) {}

  /** The description of this process is new or another. */
  textChanged(key: string): void {
    this.#texts.add(key);
  }

  removeChild(parent: string | undefined, key: string): void {
    const { removed, added } = this.#list(parent);
    if (!added.delete(key)) removed.add(key);
  }

  addChild(parent: string | undefined, key: string): void {
    this.#list(parent).added.add(key);
  }

  /** @param before sorted; appended to in place where that is enough */
  listAfter(parent: string | undefined, before: string[], order: Order): string[] {
    const touched = this.#lists.get(parent);
    if (!touched) return before;
    const { removed, added } = touched;
    const kept = removed.size === 0 ? before : before.filter((key) => !removed.has(key));
    return merge(kept, [...added].sort(order), order);
  }

  /** Rebuilds the lists of all parents that were touched. */
  settle(order: Order): Pick<TreeChange, 'changed' | 'relisted'> {
    const changed = new Set<string>();
    for (const key of this.#texts) if (this.nodes.has(key)) changed.add(key);
    const relisted: string[] = [];
    for (const parent of this.#lists.keys()) {
      const node = parent === undefined ? undefined : this.nodes.get(parent);
      if (!node || parent === undefined) continue;
      const { children } = node;
      const { length } = children;
      node.children = this.listAfter(parent, children, order);
      if (node.children.length === length && sameList(node.children, children)) continue;
      relisted.push(parent);
      changed.add(parent);
    }
    return { changed: [...changed].sort(order), relisted };
  }

  #list(parent: string | undefined): ListEdit {
    let list = this.#lists.get(parent);
    if (!list) this.#lists.set(parent, (list = { removed: new Set(), added: new Set() }));
    return list;
  }
}

/** Merges two sorted lists. Appends to the left one in place where that is enough. */
function merge(left: string[], right: readonly string[], order: Order): string[] {
  if (right.length === 0) return left;
  const last = left.at(-1);
  // A new process mostly has the highest PID.
  if (last === undefined || order(last, right[0]!) < 0) {
    for (const key of right) left.push(key);
    return left;
  }
  const merged: string[] = [];
  let at = 0;
  for (const key of left) {
    while (at < right.length && order(right[at]!, key) < 0) merged.push(right[at++]!);
    merged.push(key);
  }
  return [...merged, ...right.slice(at)];
}

/** Whether two lists have the same keys in the same order. */
export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}
