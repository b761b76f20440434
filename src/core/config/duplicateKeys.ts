/**
 * Finds keys that two readers of one `config.json` could understand differently, for `parseConfig`:
 * a key that occurs twice (one parser takes the first, another the last) and `__proto__`.
 */
import type { Node } from 'jsonc-parser/lib/esm/main.js';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

export interface DuplicateKey {
  readonly problem: 'duplicate-key' | 'proto-key';
  /** The node of the key itself. */
  readonly key: Node;
  readonly message: string;
}

/** @param tree of bounded depth: `limitsProblem` has been asked before */
export function duplicateKeys(tree: Node): DuplicateKey[] {
  const found: DuplicateKey[] = [];
  lookThrough(tree, found);
  return found;
}

function lookThrough(tree: Node, found: DuplicateKey[]): void {
  const seen = new Set<string>();
  for (const child of tree.children ?? []) {
    const key = child.type === 'property' ? child.children?.[0] : undefined;
    if (key) {
      const name = String(key.value);
      if (name === '__proto__')
        found.push({
          ...{ problem: 'proto-key', key },
          message: 'The key "__proto__" is not allowed.',
        });
      else if (seen.has(name))
        found.push({
          ...{ problem: 'duplicate-key', key },
          message: `The key "${escapeControlCharacters(name)}" occurs a second time here.`,
        });
      seen.add(name);
    }
    lookThrough(child, found);
  }
}
