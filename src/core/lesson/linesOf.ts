/** Cuts Markdown into lines. Called by the scanner of blocks and by what parses a lesson. */

/** Positions in the text. */
export interface Line {
  readonly start: number;
  /** After its last character. */
  readonly end: number;
  /** After its line ending: where the next line starts. */
  readonly next: number;
}

/** CommonMark 0.31.2, section 2.1: a line ends with LF, CR or CRLF. */
export function* linesOf(text: string, from = 0, to = text.length): Generator<Line> {
  for (let start = from; start < to;) {
    let end = start;
    while (end < to && text[end] !== '\n' && text[end] !== '\r') end++;
    const isCrlf = text[end] === '\r' && text[end + 1] === '\n';
    const next = Math.min(to, end + (isCrlf ? 2 : 1));
    yield { start, end, next };
    start = next;
  }
}

/** Whether nothing but spaces and tabs stands on it. */
export function isBlank(text: string, { start, end }: Line): boolean {
  for (let at = start; at < end; at++) if (text[at] !== ' ' && text[at] !== '\t') return false;
  return true;
}
