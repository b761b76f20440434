/**
 * The control sequences that most coloured output consists of, seen where they stand: they pass unchanged,
 * and without being taken out and put back. Called by OutputFilter.ts for each ESC in text.
 */
import type { TerminalSize } from '../pty/Pty';

import { privateModes } from './controlSequence';

const [ESC, bracket, semicolon, colon, questionMark] = [0x1b, 0x5b, 0x3b, 0x3a, 0x3f];
/** Of SGR, the longest: colours of text, background and underline by red, green and blue. */
const longest = 64;

const enum Usual {
  /** SGR: numbers mean no size. */
  Style = 1,
  /** A place on the screen. */
  Place,
  /** How far, or how many. */
  Count,
  /** Which part: 0 to 3. */
  Part,
  /** With ?, a mode. */
  Mode,
}

const usual = new Uint8Array(128);
const mark = (finals: string, kind: Usual) => {
  for (const final of finals) usual[final.charCodeAt(0)] = kind;
};
mark('m', Usual.Style);
mark('H', Usual.Place);
mark('ABCDGdXP@LM', Usual.Count);
mark('JK', Usual.Part);
mark('hl', Usual.Mode);

/** @returns where the sequence that begins at `at` ends, or 0 where it is another or not all of it is here */
export function endOfUsual(bytes: Buffer, at: number, { cols, rows }: TerminalSize): number {
  if (bytes[at] !== ESC || bytes[at + 1] !== bracket) return 0;
  const isPrivate = bytes[at + 2] === questionMark;
  let number = 0;
  let largest = 0;
  let count = 1;
  let hasColon = false;
  const limit = Math.min(bytes.length, at + longest);
  for (let i = at + (isPrivate ? 3 : 2); i < limit; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x30 && byte <= 0x39) {
      number = number * 10 + byte - 0x30;
      if (number > largest) largest = number;
    } else if (byte === semicolon || byte === colon) {
      number = 0;
      count++;
      hasColon ||= byte === colon;
    } else {
      const kind = usual[byte];
      // Without ?, h and l are other modes.
      if (isPrivate)
        return kind === Usual.Mode && count === 1 && privateModes.has(number) ? i + 1 : 0;
      const most = Math.min(cols, rows);
      const passes =
        kind === Usual.Style ||
        (kind === Usual.Place && largest <= most && count <= 2 && !hasColon) ||
        (kind === Usual.Count && largest <= most && count === 1) ||
        (kind === Usual.Part && largest <= 3 && count === 1);
      return passes ? i + 1 : 0;
    }
  }
  return 0;
}
