/** What a terminal knows beyond its cells. Used by `writeScreen.ts`. */
import { cellAt, isBlank, isSecondHalf, writeCell } from './writeLine';
import { isBackgroundOnly, linkOf, sgr } from './style';
import type { Core, CoreBuffer, CoreCharset } from './xtermCore';

/** Columns between two tab stops. */
const tabWidth = 8;

/** @param designator finds the final byte that chooses a character set */
export interface Charsets {
  designator(charset: CoreCharset): string;
}

const position = (y: number, x: number) => `\x1b[${y + 1};${x + 1}H`;

/** Tab stops, the scroll region and the saved cursor: each buffer has its own. Moves the cursor. */
export function writeBufferState(
  buffer: CoreBuffer,
  cols: number,
  rows: number,
  charsets: Charsets,
): string {
  let out = '';
  const stops = Array.from({ length: cols }, (_, x) => x).filter((x) => buffer.tabs[x]);
  if (
    stops.join() !==
    Array.from({ length: Math.ceil(cols / tabWidth) }, (_, i) => i * tabWidth).join()
  )
    out += `\x1b[3g${stops.map((x) => `\x1b[${x + 1}G\x1bH`).join('')}`;
  if (buffer.scrollTop !== 0 || buffer.scrollBottom !== rows - 1)
    out += `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`;
  const { savedX, savedCurAttrData: pen, savedCharset } = buffer;
  const savedRow = Math.min(Math.max(buffer.savedY - buffer.ybase, 0), rows - 1);
  if (savedX !== 0 || savedRow !== 0 || pen.fg !== 0 || pen.bg !== 0 || savedCharset)
    out += `${position(savedRow, Math.min(savedX, cols - 1))}${sgr(pen)}\x1b(${charsets.designator(savedCharset)}\x1b7\x1b(B\x1b[m`;
  return out;
}

/**
 * Where the cursor stands, and whether the last thing was a character.
 * @param rest what does not move the cursor and changes what printing does
 */
export function writeCursor(buffer: CoreBuffer, cols: number, core: Core, rest: string): string {
  const { decPrivateModes, modes } = core.coreService;
  const { origin } = decPrivateModes;
  const row = origin ? buffer.y - buffer.scrollTop : buffer.y;
  const mode = origin ? '\x1b[?6h' : '';
  const line = buffer.lines.get(buffer.ybase + buffer.y)!;
  const x = Math.min(buffer.x, cols);
  const before = x === 0 ? 0 : isSecondHalf(line, x - 1) ? x - 2 : x - 1;
  const cell = cellAt(line, before);
  const place = mode + position(row, before);
  const isBehind = core._inputHandler._parser.precedingJoinState !== 0;
  // Even further: what has no width was printed behind the last column.
  if (buffer.x > cols) {
    const full = place + writeCell(line, before, core);
    return isBehind ? `${full}${rest}\u0301` : `${full}\u0301${rest}`;
  }
  if (isBehind && x > 0 && !isBlank(line, before, cell))
    return `${place}${rest}${modes.insertMode ? `\x1b[${x - before}P` : ''}${cell.text}`;
  if (x < cols) return mode + position(row, x) + rest;
  // Behind the last column: only printing gets it there, so the last cell is printed once more.
  if (cell.text !== '' || !isBackgroundOnly(cell.fg, cell.bg))
    return place + writeCell(line, before, core) + rest;
  // The row was erased while it stood there, in one colour: EL 1 erases and does not move it.
  const uniform = Array.from({ length: cols }, (_, column) => cellAt(line, column)).every(
    (one) => one.text === '' && one.fg === 0 && one.bg === cell.bg,
  );
  return `${place}${uniform ? `x${sgr({ fg: 0, bg: cell.bg })}\x1b[1K\x1b[m` : ''}${rest}`;
}

export function writePen(core: Core): string {
  const pen = core._inputHandler._curAttrData;
  const link = linkOf(pen, core);
  return `${sgr(pen, true)}${link || ''}`;
}

export function writeCharsets(
  { _charsetService: service }: Core,
  saved: CoreCharset,
  charsets: Charsets,
): string {
  let out = '';
  ['(', ')', '*', '+'].forEach((slot, level) => {
    const charset = service._charsets[level];
    if (charset) out += `\x1b${slot}${charsets.designator(charset)}`;
  });
  out += ['', '\x0e', '\x1bn', '\x1bo'][service.glevel] ?? '';
  // Restoring a cursor brings its character set back without choosing a slot.
  const current = service._charsets[service.glevel];
  if (service.charset !== current && service.charset === saved) out += '\x1b8';
  return out;
}
