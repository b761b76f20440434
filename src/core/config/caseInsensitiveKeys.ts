/**
 * Keys of a `config.json` that match a known key only without case. Go's encoding/json, and so runc, ignores
 * case (and takes U+017F for s and U+212A for k): `Hooks` would be unchecked hooks. For `parseConfig`.
 */
import type * as z from 'zod';

/** @returns maps a name to the known key that it equals without case; undefined for other names and keys */
export function spellingIn(schema: z.ZodType): (name: string) => string | undefined {
  let known: Map<string, string> | undefined; // most files never ask
  return (name) => {
    known ??= namesIn(schema);
    const spelling = known.get(foldCase(name));
    return spelling === name ? undefined : spelling;
  };
}

/** A name without its case, as Go compares two. */
export function foldCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** All keys of all objects in it, by what they are without their case. */
function namesIn(
  schema: unknown,
  found = new Map<string, string>(),
  seen = new Set<unknown>(),
): Map<string, string> {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return found;
  seen.add(schema);
  const { def } = schema as { def?: Record<string, unknown> };
  if (!def) return found;
  const shape = (def.shape ?? {}) as Record<string, unknown>;
  for (const name of Object.keys(shape)) found.set(foldCase(name), name);
  const parts = [def.innerType, def.element, def.valueType, def.in, def.out, def.rest];
  const lists = [def.options, def.items].filter(Array.isArray).flat() as unknown[];
  for (const part of [...Object.values(shape), ...parts, ...lists]) namesIn(part, found, seen);
  return found;
}
