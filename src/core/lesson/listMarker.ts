/** Columns of a line, and list markers (CommonMark 0.31.2, sections 2.2 and 5.2). Called by the scanner of blocks. */

/** A place on a line, with its column: a tab goes to the next multiple of four. */
export interface Place {
  readonly at: number;
  readonly column: number;
}

/** The first character from `place` on that is neither space nor tab; the line's end where there is none. */
export function skipSpace(text: string, { at, column }: Place, end: number): Place {
  for (; at < end && (text[at] === ' ' || text[at] === '\t'); at++)
    column += text[at] === '\t' ? 4 - (column % 4) : 1;
  return { at, column };
}

const marker = /(?:[-+*]|\d{1,9}[.)])(?=[ \t\r\n]|$)/y;
const thematicBreak = /(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})(?=[\r\n]|$)/y;

export interface ListItem {
  /** Lines that are indented to it belong to the item. */
  readonly column: number;
  /** Where its text begins on this line. */
  readonly text: Place;
}

/** A list item that begins at `place`; undefined where none does. */
export function listItemAt(text: string, place: Place, end: number): ListItem | undefined {
  thematicBreak.lastIndex = marker.lastIndex = place.at;
  if (!marker.test(text)) return undefined;
  const width = marker.lastIndex - place.at;
  if (thematicBreak.test(text)) return undefined;
  const after = { at: place.at + width, column: place.column + width };
  const first = skipSpace(text, after, end);
  // Nothing behind it, or indented code: the item's text begins one space behind the marker.
  const isNear = first.at < end && first.column - after.column <= 4;
  return { column: isNear ? first.column : after.column + 1, text: first };
}
