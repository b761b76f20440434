/**
 * Keys of a `config.json` that its schema dropped: the specification lets a runtime ignore what it
 * does not know, and we say which ones. For `parseConfig`.
 */

/** Keys of other systems, which have no effect on Linux by specification. */
const foreign = new Set(['solaris', 'windows', 'vm', 'zos', 'freebsd']);

/** @returns the places of the keys that `raw` has and `parsed` does not, outermost only */
export function unknownKeys(
  raw: unknown,
  parsed: unknown,
  path: readonly (string | number)[] = [],
): (string | number)[][] {
  if (Array.isArray(raw))
    return raw.flatMap((item, index) =>
      unknownKeys(item, (parsed as unknown[])[index], [...path, index]),
    );
  if (typeof raw !== 'object' || raw === null) return [];
  return Object.entries(raw).flatMap(([key, value]) => {
    const place = [...path, key];
    if (path.length === 0 && foreign.has(key)) return [];
    if (!Object.hasOwn(parsed as object, key)) return [place];
    return unknownKeys(value, (parsed as Record<string, unknown>)[key], place);
  });
}
