/** Which string of a config.json stands at an offset, for hovers. */
import { getLocation } from 'jsonc-parser/lib/esm/main.js';
import { limitsProblem } from './jsonLimits';

export interface StringAt {
  /** Keys and indexes from the top: `['linux', 'namespaces', 0, 'type']`. */
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** Of the string in its quotes, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
}

/** @returns undefined where no string value stands at `offset`: keys are none */
export function stringAt(text: string, offset: number): StringAt | undefined {
  if (limitsProblem(text)) return undefined;
  const { path, previousNode, isAtPropertyKey } = getLocation(text, offset);
  if (isAtPropertyKey || previousNode?.type !== 'string') return undefined;
  const { offset: start, length } = previousNode;
  const value: unknown = previousNode.value;
  if (typeof value !== 'string' || offset < start || offset >= start + length) return undefined;
  return { path, value, offset: start, length };
}
