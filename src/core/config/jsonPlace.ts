/**
 * Finds the part of a `config.json` that a problem is about, for `parseConfig`: the value at a path,
 * or where something is missing the key of the nearest object that should have it.
 */
import { findNodeAtLocation, type Node } from 'jsonc-parser/lib/esm/main.js';

export interface Place {
  /** What to underline. */
  readonly node: { offset: number; length: number };
  /** The value at exactly this path, where there is one. */
  readonly found?: Node;
}

export function placeOf(tree: Node, path: readonly (string | number)[]): Place {
  const found = findNodeAtLocation(tree, [...path]);
  if (found) return { node: underline(found), found };
  for (let length = path.length - 1; length > 0; length--) {
    const parent = findNodeAtLocation(tree, path.slice(0, length));
    if (parent) return { node: underline(parent) };
  }
  return { node: { offset: tree.offset, length: 1 } };
}

/** The key itself, where that is what a problem is about. */
export function keyPlaceOf(tree: Node, path: readonly (string | number)[]): Place['node'] {
  const found = findNodeAtLocation(tree, [...path]);
  return (found && keyOf(found)) ?? placeOf(tree, path).node;
}

/** A scalar as it stands; of an object or array the key that holds it, else its first bracket. */
function underline(node: Node): { offset: number; length: number } {
  if (node.type !== 'object' && node.type !== 'array')
    return { offset: node.offset, length: node.length };
  return keyOf(node) ?? { offset: node.offset, length: 1 };
}

function keyOf(node: Node): Place['node'] | undefined {
  const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  return key && { offset: key.offset, length: key.length };
}
