/**
 * What the editor completes where a list takes each type once: the types that are not in it yet. VS
 * Code's own JSON support knows no such lists, so the schema offers nothing there (`jsonSchema.ts`).
 */
import { getLocation, parseTree } from 'jsonc-parser/lib/esm/main.js';
import { limitsProblem } from './jsonLimits';
import { JsonPlaces } from './jsonPlace';
import { specifiedNamespaceTypes } from './namespaceTypes';
import { ResourceType } from './schema';

/** Lists of objects whose `type` may not stand there twice, with the types that there are. */
export const listsOfTypes: readonly {
  readonly list: readonly [string, string];
  readonly types: readonly string[];
}[] = [
  { list: ['linux', 'namespaces'], types: specifiedNamespaceTypes },
  { list: ['process', 'rlimits'], types: ResourceType.options },
];

export interface RemainingTypes {
  readonly types: readonly string[];
  /** What one of them replaces, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
}

/** @returns undefined where something else stands at `offset` of the text */
export function remainingTypes(text: string, offset: number): RemainingTypes | undefined {
  if (limitsProblem(text)) return undefined;
  const { path, previousNode: written, isAtPropertyKey } = getLocation(text, offset);
  const [index, key] = path.slice(2);
  if (isAtPropertyKey || path.length !== 4 || typeof index !== 'number' || key !== 'type')
    return undefined;
  const known = listsOfTypes.find(({ list }) => list.every((part, at) => part === path[at]));
  const tree = parseTree(text);
  if (!known || !tree) return undefined;
  const places = new JsonPlaces(tree);
  const entries = places.at(known.list).found?.children?.length ?? 0;
  const others = Array.from({ length: entries }, (_, at) =>
    at === index ? undefined : (places.at([...known.list, at, 'type']).found?.value as unknown),
  );
  return {
    types: known.types.filter((type) => !others.includes(type)),
    offset: written?.offset ?? offset,
    length: written?.length ?? 0,
  };
}
