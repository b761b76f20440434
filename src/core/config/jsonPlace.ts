/**
 * Finds the part of a `config.json` that a problem is about, for `parseConfig` and `findings`: the value at
 * a path, or for a missing value the key of the nearest object that should have it. The file may have any
 * number of keys and problems, so each object's keys are indexed once.
 */
import type { Node } from 'jsonc-parser/lib/esm/main.js';

export interface JsonPlace {
  /** What to underline. */
  readonly node: { offset: number; length: number };
  /** The value at exactly this path, where there is one. */
  readonly found?: Node;
}

type Path = readonly (string | number)[];

export class JsonPlaces {
  /** The values of an object by their keys; of a doubled key the first one. */
  private readonly values = new Map<Node, Map<string, Node>>();

  constructor(private readonly tree: Node) {}

  at(path: Path): JsonPlace {
    let node = this.tree;
    for (const part of path) {
      const next = this.child(node, part);
      if (!next) return { node: node === this.tree ? this.start : underline(node) };
      node = next;
    }
    return { node: underline(node), found: node };
  }

  /** The key itself, where that is what a problem is about. */
  keyAt(path: Path): JsonPlace['node'] {
    const { node, found } = this.at(path);
    return (found && keyOf(found)) ?? node;
  }

  private get start(): JsonPlace['node'] {
    return { offset: this.tree.offset, length: 1 };
  }

  private child(node: Node, part: string | number): Node | undefined {
    if (node.type === 'array') return node.children?.[Number(part)];
    if (node.type !== 'object') return undefined;
    let values = this.values.get(node);
    if (!values) {
      this.values.set(node, (values = new Map<string, Node>()));
      for (const { children: [key, value] = [] } of node.children ?? [])
        if (key && value && !values.has(String(key.value))) values.set(String(key.value), value);
    }
    return values.get(String(part));
  }
}

/** A scalar as it stands; of an object or array the key that holds it, else its first bracket. */
function underline(node: Node): { offset: number; length: number } {
  if (node.type !== 'object' && node.type !== 'array')
    return { offset: node.offset, length: node.length };
  return keyOf(node) ?? { offset: node.offset, length: 1 };
}

function keyOf(node: Node): JsonPlace['node'] | undefined {
  const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  return key && { offset: key.offset, length: key.length };
}
