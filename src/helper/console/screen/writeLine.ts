/**
 * One row of a terminal's buffer as what makes it in another. Used by `writeBuffer.ts`. It begins and ends
 * in plain style without a link, on a row that is blank, and leaves the cursor wherever its last cell is.
 */
import {
  closeLink,
  hasExtendedStyle,
  isBackgroundOnly,
  linkOf,
  plainStyle,
  sgr,
  type Style,
} from './style';
import type { Core, CoreLine } from './xtermCore';

/** xterm's Constants.ts: Content. */
const [codeMask, isCombined, widthShift] = [0x1fffff, 0x200000, 22];

export interface Cell extends Style {
  /** Empty for one that was never written or was erased. */
  readonly text: string;
  /** 2 for the first half of a wide character, 0 for its second half. */
  readonly width: number;
}

export function cellAt(line: CoreLine, x: number): Cell {
  const content = line._data[x * 3]!;
  const bg = line._data[x * 3 + 2]!;
  const code = content & codeMask;
  const text =
    content & isCombined ? (line._combined[x] ?? '') : code === 0 ? '' : String.fromCodePoint(code);
  const extended = hasExtendedStyle(bg) ? line._extendedAttrs[x] : undefined;
  return { text, width: content >>> widthShift, fg: line._data[x * 3 + 1]!, bg, extended };
}

/** Is the cell the second half of a wide character? */
export function isSecondHalf(line: CoreLine, x: number): boolean {
  if (x === 0) return false;
  const content = line._data[x * 3]!;
  return (
    content >>> widthShift === 0 &&
    (content & (codeMask | isCombined)) === 0 &&
    line._data[x * 3 - 3]! >>> widthShift === 2
  );
}

/** A cell that no longer has its other half is shown as a blank one. */
export function isBlank(line: CoreLine, x: number, { text, width }: Cell): boolean {
  if (text === '') return true;
  return width === 2 && (x + 1 >= line.length || !isSecondHalf(line, x + 1));
}

/** What one cell prints, in its own style, with the cursor on it. */
export function writeCell(line: CoreLine, x: number, core: Core): string {
  const cell = cellAt(line, x);
  const link = linkOf(cell, core);
  const text = isBlank(line, x, cell) ? ' ' : cell.text;
  return `${link}${sgr(cell)}${text}\x1b[m${link ? closeLink : ''}`;
}

export function writeLine(line: CoreLine, core: Core): string {
  const data = line._data;
  let end = line.length;
  while (
    end > 0 &&
    data[end * 3 - 3]! === emptyCell &&
    data[end * 3 - 2]! === 0 &&
    data[end * 3 - 1]! === 0
  )
    end--;
  let out = '';
  let [fg, bg] = [0, 0];
  let extended: Style['extended'];
  let link = '';
  /** Cells that the cursor still has to pass. */
  let behind = 0;
  for (let x = 0; x < end; x++) {
    if (isSecondHalf(line, x)) continue;
    const cell = cellAt(line, x);
    const blank = isBlank(line, x, cell);
    if (blank && isBackgroundOnly(cell.fg, cell.bg)) {
      if (cell.bg === 0) {
        behind++;
        continue;
      }
      let run = 1;
      while (
        x + run < end &&
        data[(x + run) * 3]! === data[x * 3]! &&
        data[(x + run) * 3 + 1] === 0 &&
        data[(x + run) * 3 + 2] === cell.bg
      )
        run++;
      if (behind > 0) out += `\x1b[${behind}C`;
      if (fg !== 0 || bg !== cell.bg || extended) out += sgr({ fg: 0, bg: cell.bg });
      [fg, bg, extended] = [0, cell.bg, undefined];
      out += `\x1b[${run}X`;
      behind = run;
      x += run - 1;
      continue;
    }
    if (behind > 0) out += `\x1b[${behind}C`;
    const opens = linkOf(cell, core);
    if (opens !== link) {
      out += opens || closeLink;
      link = opens;
    }
    // What has no width joins the character before it, unless a sequence stands between.
    const alone = cell.width === 0 && !blank;
    if (alone || fg !== cell.fg || bg !== cell.bg || extended !== cell.extended) {
      out += sgr(cell);
      [fg, bg, extended] = [cell.fg, cell.bg, cell.extended];
    }
    behind = 0;
    out += blank ? ' ' : cell.text;
  }
  if (link) out += closeLink;
  if (fg !== plainStyle.fg || bg !== plainStyle.bg) out += '\x1b[m';
  return out;
}

/** No character, one column wide. */
const emptyCell = 1 << widthShift;
