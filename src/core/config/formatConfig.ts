/**
 * Writes a configuration as the `config.json` that people read in class: two spaces, what fits on a
 * line stays on it, and long lists of words fill lines. Used by `scaffold` and wherever a
 * configuration is saved.
 */

/** Longest line that is filled or that an array or object is put on, in characters. */
const lineWidth = 100;

/** @param config plain JSON data; `undefined` entries are left out. Ends with a newline. */
export function formatConfig(config: object): string {
  return `${spread(JSON.parse(JSON.stringify(config)), '', 0)}\n`;
}

/** @param used how much of the line the key before this value takes */
function spread(value: unknown, indent: string, used: number): string {
  const line = oneLine(value);
  // The outermost object is always spread out: each topic of the container on lines of its own.
  if (indent !== '' && used + line.length <= lineWidth) return line;
  if (typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  if (!Array.isArray(value)) {
    const entries = Object.entries(value).map(([name, item]) => {
      const key = `${inner}${JSON.stringify(name)}: `;
      return key + spread(item, inner, key.length);
    });
    return `{\n${entries.join(',\n')}\n${indent}}`;
  }
  const items = value.every((item) => typeof item === 'string')
    ? filled(value, inner)
    : value.map((item) => inner + spread(item, inner, inner.length));
  return `[\n${items.join(',\n')}\n${indent}]`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function filled(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const word of words.map((text) => JSON.stringify(text))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 < lineWidth)
      lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
