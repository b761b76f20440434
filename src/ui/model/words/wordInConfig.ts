/** The word for a value of config.json, by where it stands. Called by `ConfigHover`. */
import type { Translate } from '../translate';
import type { Word } from './WordTable';
import { type WordKind, word } from './word';

const kinds: readonly (readonly [path: RegExp, kind: WordKind])[] = [
  [/^linux\.namespaces\.\d+\.type$/, 'namespace'],
  [/^linux\.rootfsPropagation$/, 'mountOption'],
  [/^linux\.seccomp\.(?:defaultAction|syscalls\.\d+\.action)$/, 'seccompAction'],
  [/^linux\.(?:maskedPaths\.\d+|readonlyPaths\.\d+|devices\.\d+\.path)$/, 'file'],
  [/^process\.capabilities\.\w+\.\d+$/, 'capability'],
  [/^process\.rlimits\.\d+\.type$/, 'limit'],
  [/^mounts\.\d+\.options\.\d+$/, 'mountOption'],
  [/^mounts\.\d+\.type$/, 'filesystem'],
  [/^mounts\.\d+\.destination$/, 'file'],
];

export interface WordInConfig {
  readonly kind: WordKind;
  readonly name: string;
  readonly word: Word;
}

/**
 * @param path keys and indexes from the top
 * @param at characters of the value before the pointer: options may stand in one with commas
 */
export function wordInConfig(
  path: readonly (string | number)[],
  value: string,
  at: number,
  t: Translate,
): WordInConfig | undefined {
  const where = path.join('.');
  const kind = kinds.find(([pattern]) => pattern.test(where))?.[1];
  if (kind === undefined) return undefined;
  const name = kind === 'mountOption' ? optionAt(value, at) : value;
  const found = word(kind, name, t);
  return found && { kind, name, word: found };
}

function optionAt(options: string, at: number): string {
  const start = options.lastIndexOf(',', Math.max(0, at - 1)) + 1;
  const end = options.indexOf(',', at);
  return options.slice(start, end === -1 ? undefined : end);
}
