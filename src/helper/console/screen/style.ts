/** How a cell is shown, as the sequences that bring a terminal to it. Used by `writeLine.ts` and `writeState.ts`. */
import type { Core, CoreExtended } from './xtermCore';

/** xterm's Constants.ts: Attributes, FgFlags, BgFlags, ExtFlags. */
const [paletteMask, rgbMask, modeMask] = [0xff, 0xffffff, 0x3000000];
const [palette16, palette256, rgb] = [0x1000000, 0x2000000, 0x3000000];
const underlined = 0x10000000;
const [hasExtended, isProtected] = [0x10000000, 0x20000000];
const underlineStyle = 0x1c000000;

/** Flag and SGR number. */
const foregroundFlags = [
  [0x8000000, 1],
  [0x20000000, 5],
  [0x4000000, 7],
  [0x40000000, 8],
  [0x80000000, 9],
] as const;
const backgroundFlags = [
  [0x8000000, 2],
  [0x4000000, 3],
  [0x40000000, 53],
] as const;

export interface Style {
  readonly fg: number;
  readonly bg: number;
  /** Of a cell: undefined where it has none. */
  readonly extended?: CoreExtended | undefined;
}

export const plainStyle: Style = { fg: 0, bg: 0 };

export function hasExtendedStyle(bg: number): boolean {
  return (bg & hasExtended) !== 0;
}

/** Is it a blank of some background colour, which erasing can make? */
export function isBackgroundOnly(fg: number, bg: number): boolean {
  return fg === 0 && (bg & ~(modeMask | rgbMask)) === 0;
}

/** Has it the theme's background? */
export function hasDefaultBackground(bg: number): boolean {
  return (bg & (modeMask | rgbMask)) === 0;
}

function colour(value: number, basic: number, extended: 38 | 48 | 58): string {
  switch (value & modeMask) {
    case palette16: {
      const index = value & paletteMask;
      return extended === 58
        ? `;58;5;${index}`
        : `;${index < 8 ? basic + index : basic + 52 + index}`;
    }
    case palette256:
      return `;${extended};5;${value & paletteMask}`;
    case rgb:
      return `;${extended};2;${(value >>> 16) & 255};${(value >>> 8) & 255};${value & 255}`;
    default:
      return '';
  }
}

/** Of styles without extended attributes: a screen has few, and many cells. */
const known = new Map<number, Map<number, string>>();
const maxKnown = 1024;

/** SGR from nothing, and DECSCA. @param pen also what only shows once it underlines */
export function sgr(style: Style, pen = false): string {
  const { fg, bg } = style;
  if (pen || hasExtendedStyle(bg)) return writeStyle(style, pen);
  let byBackground = known.get(fg);
  if (!byBackground) {
    if (known.size >= maxKnown) known.clear();
    known.set(fg, (byBackground = new Map<number, string>()));
  }
  let text = byBackground.get(bg);
  if (text === undefined) {
    if (byBackground.size >= maxKnown) byBackground.clear();
    byBackground.set(bg, (text = writeStyle(style, pen)));
  }
  return text;
}

function writeStyle({ fg, bg, extended }: Style, pen: boolean): string {
  let text = '\x1b[0';
  for (const [flag, number] of foregroundFlags) if (fg & flag) text += `;${number}`;
  for (const [flag, number] of backgroundFlags) if (bg & flag) text += `;${number}`;
  const ext = hasExtendedStyle(bg) || pen ? (extended?._ext ?? 0) : 0;
  const style = (ext & underlineStyle) >>> 26;
  if (fg & underlined) text += style > 1 ? `;4:${style}` : ';4';
  text += colour(fg, 30, 38) + colour(bg, 40, 48);
  // A cell may have a colour for a line that it does not have: xterm restores a pen in part (DECRC).
  if (pen || fg & underlined) text += colour(ext, 0, 58);
  return `${text}m${bg & isProtected ? '\x1b[1"q' : ''}`;
}

/** What opens the link of a cell or of the pen; empty where there is none. */
export function linkOf({ bg, extended }: Style, core: Core): string {
  if (!hasExtendedStyle(bg) || !extended?.urlId) return '';
  const link = core._oscLinkService.getLinkData(extended.urlId);
  return link ? `\x1b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\x1b\\` : '';
}

export const closeLink = '\x1b]8;;\x1b\\';
