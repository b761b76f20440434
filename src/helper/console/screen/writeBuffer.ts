/** All rows of one of a terminal's two buffers. Used by `writeScreen.ts`. */
import { cellAt, isSecondHalf, writeCell, writeLine } from './writeLine';
import { hasDefaultBackground } from './style';
import type { Core, CoreBuffer, CoreLine } from './xtermCore';

/** Characters at most: where the rows are more, the oldest go. */
const maxCharacters = 4 * 1024 * 1024;

/** @returns what prints them from the top left corner of an empty buffer on */
export function writeBuffer({ lines }: CoreBuffer, core: Core, rows: number): string {
  const parts: string[] = [];
  let size = 0;
  let next: CoreLine | undefined;
  for (let y = lines.length - 1; y >= 0; y--) {
    const line = lines.get(y)!;
    const text = writeLine(line, core);
    // Below the last text of a screen that has not scrolled yet, rows are there already.
    if (text === '' && next === undefined && y > 0 && lines.length === rows && !line.isWrapped)
      continue;
    const end = next === undefined ? '' : next.isWrapped ? wrap(line, next, core) : '\r\n';
    size += text.length + end.length;
    // The oldest row is whole: the rest of a wrapped one would be taken for its beginning.
    if (size > maxCharacters && lines.length - y > rows && next?.isWrapped === false) break;
    parts.push(text + end);
    next = line;
  }
  // The row that the first one goes on from was deleted, or is no longer kept.
  if (next?.isWrapped && rows > 1) parts.push(`\x1b[${next.length}Gxx\x1b[H\x1b[M\x1b[X`);
  return parts.reverse().join('');
}

/** From the end of a row to the beginning of the next, which goes on with it. */
function wrap(line: CoreLine, next: CoreLine, core: Core): string {
  const last = line.length - 1;
  const first = cellAt(next, 0);
  const full =
    isSecondHalf(line, last) || (cellAt(line, last).text !== '' && cellAt(line, last).width === 1);
  // The cursor waits behind the last cell, and the next character takes it over. Its row is blank
  // then, in the background of that moment.
  if (full && first.text !== '' && first.width > 0 && hasDefaultBackground(first.bg)) return '';
  // Else two characters are printed across the edge and taken away again.
  const at = isSecondHalf(line, last) ? last - 1 : last;
  const { text, fg, bg } = cellAt(line, at);
  const blank = text === '' && fg === 0 && bg === 0;
  const restored = `\x1b[${at + 1}G${blank ? '\x1b[X' : writeCell(line, at, core)}`;
  return `\x1b[${line.length}Gxx\x1b[A${restored}\r\x1b[B\x1b[X`;
}
