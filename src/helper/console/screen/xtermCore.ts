/**
 * The state of @xterm/headless that its public API does not show. Its version is pinned exactly in
 * package.json; `Screen.test.ts` compares restored terminals with others and so holds every name here.
 * Used by `Screen.ts` and what writes a screen down.
 */
import type { Terminal } from '@xterm/headless';

/** Three words for each cell: content, foreground, background (xterm's BufferLine.ts). */
export interface CoreLine {
  readonly length: number;
  readonly isWrapped: boolean;
  readonly _data: Uint32Array;
  readonly _combined: Readonly<Record<number, string>>;
  readonly _extendedAttrs: Readonly<Record<number, CoreExtended | undefined>>;
}

/** Underline style and colour in `_ext`, and the link. */
export interface CoreExtended {
  readonly _ext: number;
  readonly urlId: number;
}

export interface CoreAttributes {
  readonly fg: number;
  readonly bg: number;
  readonly extended: CoreExtended;
}

/** By which character another is shown. */
export type CoreCharset = Readonly<Record<string, string>> | undefined;

export interface CoreBuffer {
  readonly lines: { readonly length: number; get(index: number): CoreLine | undefined };
  readonly ybase: number;
  readonly x: number;
  readonly y: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: CoreAttributes;
  readonly savedCharset: CoreCharset;
}

export interface ColourEvent {
  /** 0 a question, 1 set, 2 back to the theme's. */
  readonly type: 0 | 1 | 2;
  /** 256 text, 257 background, 258 cursor; absent: all that are indexed. */
  readonly index?: number;
  readonly color?: readonly [number, number, number];
}

export interface Core {
  readonly buffers: {
    readonly normal: CoreBuffer;
    readonly alt: CoreBuffer;
    readonly active: CoreBuffer;
  };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean;
      readonly applicationKeypad: boolean;
      readonly bracketedPasteMode: boolean;
      readonly cursorBlink: boolean | undefined;
      readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined;
      readonly origin: boolean;
      readonly reverseWraparound: boolean;
      readonly sendFocus: boolean;
      readonly synchronizedOutput: boolean;
      readonly wraparound: boolean;
    };
  };
  readonly coreMouseService: {
    readonly activeProtocol: 'NONE' | 'X10' | 'VT200' | 'DRAG' | 'ANY';
    readonly activeEncoding: 'DEFAULT' | 'SGR' | 'SGR_PIXELS';
  };
  readonly _charsetService: {
    readonly charset: CoreCharset;
    readonly glevel: number;
    readonly _charsets: readonly CoreCharset[];
  };
  readonly _oscLinkService: {
    getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined;
  };
  readonly _inputHandler: {
    readonly _curAttrData: CoreAttributes;
    readonly _windowTitle: string;
    readonly _iconName: string;
    /** Not 0 right behind a printed character, which the next may join and REP repeats. */
    readonly _parser: { readonly precedingJoinState: number };
    onColor(listener: (events: readonly ColourEvent[]) => void): void;
    parse(text: string): unknown;
    eraseInLine(parameters: { params: readonly number[] }, keepProtected: boolean): void;
    _resetBufferLine(row: number, keepProtected: boolean): void;
  };
}

export function coreOf(terminal: Terminal): Core {
  return (terminal as unknown as { _core: Core })._core;
}
