/**
 * A terminal's whole state as the bytes that bring an empty terminal of the same size to it. Used by
 * `Screen.ts`. @xterm/addon-serialize does less: of cells it loses links, underlines and protection, of the
 * rest most modes, the scroll region, the saved cursor, tab stops and character sets.
 */
import { writeBuffer } from './writeBuffer';
import {
  type Charsets,
  writeBufferState,
  writeCharsets,
  writeCursor,
  writePen,
} from './writeState';
import type { Core } from './xtermCore';

/** What passes through the terminal without being kept by it. */
export interface Extras extends Charsets {
  /** By number; 256 text, 257 background, 258 cursor. */
  readonly colours: ReadonlyMap<number, readonly [number, number, number]>;
  /** A blinking cursor (mode 12); undefined while it is as the person likes it. */
  readonly blink: boolean | undefined;
  /** New line mode: LF returns to the first column too. */
  readonly newLine: boolean;
}

const mouseModes = { NONE: 0, X10: 9, VT200: 1000, DRAG: 1002, ANY: 1003 } as const;
const mouseEncodings = { DEFAULT: 0, SGR: 1006, SGR_PIXELS: 1016 } as const;
const cursorShapes = { block: 1, underline: 3, bar: 5 } as const;

export function writeScreen(core: Core, cols: number, rows: number, extras: Extras): string {
  const { normal, alt, active } = core.buffers;
  let out = writeBuffer(normal, core, rows) + writeBufferState(normal, cols, rows, extras);
  if (active === alt)
    // 1049 would save the cursor.
    out += `\x1b[?1047h\x1b[H${writeBuffer(alt, core, rows)}${writeBufferState(alt, cols, rows, extras)}`;
  const charsets = writeCharsets(core, active.savedCharset, extras);
  const moves = charsets.endsWith('\x1b8');
  const rest = [
    writePen(core),
    moves ? '' : charsets,
    core.coreService.modes.insertMode ? '\x1b[4h' : '',
    core.coreService.decPrivateModes.synchronizedOutput ? '\x1b[?2026h' : '',
  ];
  return [
    out,
    moves ? charsets : '',
    writeColours(extras.colours),
    writeTitle(core),
    writeModes(core, extras),
    writeCursor(active, cols, core, rest.join('')),
  ].join('');
}

function writeModes({ coreService, coreMouseService }: Core, { blink, newLine }: Extras): string {
  const { decPrivateModes: modes } = coreService;
  const set = (on: boolean, mode: number) => (on ? `\x1b[?${mode}h` : '');
  const tracking = mouseModes[coreMouseService.activeProtocol];
  const encoding = mouseEncodings[coreMouseService.activeEncoding];
  const shape = modes.cursorStyle && cursorShapes[modes.cursorStyle] + (modes.cursorBlink ? 0 : 1);
  return [
    newLine ? '\x1b[20h' : '',
    set(modes.applicationCursorKeys, 1),
    set(modes.applicationKeypad, 66),
    set(modes.bracketedPasteMode, 2004),
    set(modes.reverseWraparound, 45),
    set(modes.sendFocus, 1004),
    modes.wraparound ? '' : '\x1b[?7l',
    coreService.isCursorHidden ? '\x1b[?25l' : '',
    blink === undefined ? '' : `\x1b[?12${blink ? 'h' : 'l'}`,
    shape === undefined ? '' : `\x1b[${shape} q`,
    set(tracking > 0, tracking),
    set(encoding > 0, encoding),
  ].join('');
}

function writeColours(colours: Extras['colours']): string {
  const two = (value: number) => value.toString(16).padStart(2, '0');
  return [...colours]
    .map(([index, rgb]) => {
      const which = index < 256 ? `4;${index}` : String(index - 246);
      return `\x1b]${which};rgb:${rgb.map(two).join('/')}\x1b\\`;
    })
    .join('');
}

function writeTitle({ _inputHandler: { _windowTitle: title, _iconName: icon } }: Core): string {
  return (icon ? `\x1b]1;${icon}\x1b\\` : '') + (title ? `\x1b]2;${title}\x1b\\` : '');
}
