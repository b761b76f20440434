/**
 * The first look at a `config.json`, for `parseConfig`: is it small and shallow enough to parse?
 * One pass without recursion, because the parser behind it recurses.
 */

/** Longest config.json, in bytes of UTF-8. */
export const maxConfigBytes = 1024 * 1024;

/** Deepest nesting of arrays and objects. */
export const maxConfigDepth = 64;

export interface LimitsProblem {
  readonly problem: 'too-large' | 'too-deep';
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
  const offset = tooDeepAt(text);
  return offset === undefined
    ? undefined
    : { problem: 'too-deep', message: `Nested deeper than ${maxConfigDepth} levels.`, offset };
}

/** Brackets outside strings count; a string that is never closed ends with its line, as in jsonc-parser. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"' || character === '\n' || character === '\r') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      if (++depth > maxConfigDepth) return at;
    } else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
  }
  return undefined;
}
