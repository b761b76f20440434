/**
 * The first look at a `config.json`, for `parseConfig`: is it small and shallow enough to parse?
 * One pass without recursion, because the parser behind it recurses.
 */

/** Longest config.json, in bytes of UTF-8. */
export const maxConfigBytes = 1024 * 1024;

/** Deepest nesting of arrays and objects. */
export const maxConfigDepth = 64;

/** Most values that it has; those of real containers are a few hundred, and a thousand with seccomp. */
export const maxConfigValues = 100_000;

export interface LimitsProblem {
  readonly problem: 'too-large' | 'too-deep' | 'too-many';
  readonly message: string;
  /** Where in the text, in UTF-16 units. */
  readonly offset: number;
}

export function limitsProblem(text: string): LimitsProblem | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxConfigBytes)
    return {
      problem: 'too-large',
      message: `The file has ${bytes} bytes; a config.json has at most ${maxConfigBytes}.`,
      offset: 0,
    };
  return structureProblem(text);
}

/**
 * Brackets and commas outside strings count; a string that is never closed ends with its line, as in
 * jsonc-parser.
 */
function structureProblem(text: string): LimitsProblem | undefined {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (inString) {
      if (character === '\\') offset++;
      else if (character === '"' || character === '\n' || character === '\r') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      if (++depth > maxConfigDepth)
        return {
          problem: 'too-deep',
          message: `Nested deeper than ${maxConfigDepth} levels.`,
          offset,
        };
      values++;
    } else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    else if (character === ',') values++;
    if (values > maxConfigValues)
      return {
        problem: 'too-many',
        message: `More than ${maxConfigValues} values; a config.json has at most so many.`,
        offset,
      };
  }
  return undefined;
}
