/** All that can be told of a terminal, for tests that compare two. */
import {
  coreOf,
  type CoreBuffer,
  type CoreLine,
} from '../../../../src/helper/console/screen/xtermCore';
import { cellAt, isSecondHalf } from '../../../../src/helper/console/screen/writeLine';
import { linkOf, sgr } from '../../../../src/helper/console/screen/style';
import { designator } from '../../../../src/helper/console/screen/charsets';
import type { Terminal } from '@xterm/headless';

/** Row by row and cell by cell, as it is drawn: a cell that has lost its other half is blank. */
export function rowsOf(terminal: Terminal, buffer: CoreBuffer): string[] {
  return Array.from({ length: buffer.lines.length }, (_, y) => {
    const line = buffer.lines.get(y)!;
    return (line.isWrapped ? '↳' : ' ') + cellsOf(terminal, line).join('|');
  });
}

function cellsOf(terminal: Terminal, line: CoreLine): string[] {
  const core = coreOf(terminal);
  return Array.from({ length: line.length }, (_, x) => {
    if (isSecondHalf(line, x)) return '<';
    const cell = cellAt(line, x);
    const isHalf = cell.width === 2 && (x + 1 >= line.length || !isSecondHalf(line, x + 1));
    const text = cell.text === '' || isHalf ? ' ' : cell.text;
    return `${text}${linkOf(cell, core)}${sgr(cell)}`
      .replaceAll('\x1b', 'ᴇ')
      .replaceAll('ᴇ[0m', '');
  });
}

function bufferState(buffer: CoreBuffer, { cols, rows }: Terminal) {
  const { scrollTop, scrollBottom, savedX, savedY, ybase, savedCurAttrData: pen } = buffer;
  return {
    scroll: [scrollTop, scrollBottom],
    tabs: Array.from({ length: cols }, (_, x) => x).filter((x) => buffer.tabs[x]),
    saved: [Math.min(savedX, cols - 1), Math.min(Math.max(savedY - ybase, 0), rows - 1)],
    // Of a saved pen xterm keeps neither how it underlines nor its link.
    savedPen: sgr({ fg: pen.fg, bg: pen.bg }),
    savedCharset: designator(buffer.savedCharset),
  };
}

export function stateOf(terminal: Terminal): Record<string, unknown> {
  const core = coreOf(terminal);
  const { coreService, coreMouseService: mouse, _charsetService: charsets, buffers } = core;
  const { active, normal } = buffers;
  const pen = core._inputHandler._curAttrData;
  const isAlternate = active !== normal;
  return {
    normal: rowsOf(terminal, normal),
    ...(isAlternate ? { alternate: rowsOf(terminal, active) } : {}),
    cursor: [active.y, active.x],
    base: normal.ybase,
    pen: linkOf(pen, core) + sgr(pen, true),
    normalState: bufferState(normal, terminal),
    ...(isAlternate ? { alternateState: bufferState(active, terminal) } : {}),
    charsets: [0, 1, 2, 3].map((level) => designator(charsets._charsets[level])).join(''),
    charset: designator(charsets.charset),
    level: charsets.glevel,
    modes: { ...coreService.modes, ...coreService.decPrivateModes },
    hidden: coreService.isCursorHidden,
    mouse: [mouse.activeProtocol, mouse.activeEncoding],
    newLine: terminal.options.convertEol,
    title: [core._inputHandler._windowTitle, core._inputHandler._iconName],
  };
}
