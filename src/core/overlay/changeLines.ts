/** Changes as lines for people. Pure; for the command line. */
import { type LayerChanges, maxChanges } from '../../protocol/layer';
import { changeLine } from './changeLine';

/** @param rest further lines @returns a line for each, each with its end */
export function changeLines({ changes, more }: LayerChanges, rest: readonly string[] = []): string {
  const cut = more ? [`… and more than these ${maxChanges}`] : [];
  return [...changes.map(changeLine), ...cut, ...rest].map((line) => `${line}\n`).join('');
}
