/** Which control sequences (CSI) may pass, and how large their numbers may be. Called by OutputFilter.ts. */
import type { TerminalSize } from '../pty/Pty';

const grammar = /^([<-?]?)([\d:;]*)([ -/]*)([@-~])$/;

/** How many numbers a sequence has at most; a terminal ignores more. */
const maxNumbers = 32;

/**
 * DEC's private modes (DECSET, DECRST) that may pass: what concerns the screen, and how keys and the mouse
 * are told to the program. Not: 2 (VT52: another grammar), 3 and 40 (resize the window), 38 (Tektronix),
 * 1001 (waits for an answer), 2031 and 2048 (unsolicited reports).
 */
export const privateModes: ReadonlySet<number> = new Set([
  1, 4, 5, 6, 7, 8, 9, 12, 25, 45, 47, 66, 67, 69, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015,
  1016, 1034, 1036, 1039, 1047, 1048, 1049, 2004, 2026, 2027,
]);

/** Insert and new line. Not 2: it locks the keyboard. */
const ansiModes: ReadonlySet<number> = new Set([4, 20]);

type Rule = (numbers: string, size: TerminalSize) => string | undefined;

const asItIs: Rule = (numbers) => numbers;
const oneOf =
  (pattern: RegExp): Rule =>
  (numbers) =>
    pattern.test(numbers) ? numbers : undefined;
const modes =
  (known: ReadonlySet<number>): Rule =>
  (numbers) =>
    numbers
      .split(';')
      .filter((mode) => known.has(Number(mode)) && mode !== '')
      .join(';') || undefined;

/**
 * Some terminals carry a number out by doing it that many times: a few printed bytes would keep them busy
 * for minutes. More than the screen has columns or rows makes no difference to any of these.
 */
const bounded = (numbers: string, most: number): string | undefined =>
  numbers.includes(':')
    ? undefined
    : numbers.replace(/\d+/g, (number) => String(Math.min(Number(number), most)));
const onScreen: Rule = (numbers, { cols, rows }) => bounded(numbers, Math.max(cols, rows));
/** The first number; where a terminal takes more, they mean something else. */
const columns: Rule = (numbers, { cols }) => bounded(numbers.split(';')[0]!, cols);
const lines: Rule = (numbers, { rows }) => bounded(numbers.split(';')[0]!, rows);

/** By prefix, intermediate bytes and final byte. What is not here does not pass. */
const rules: ReadonlyMap<string, Rule> = new Map([
  // Moving, inserting, deleting, scrolling, repeating.
  ...[...'@CDGIPXZ`ab', ' @', ' A', "'}", "'~"].map((key): [string, Rule] => [key, columns]),
  ...[...'ABEFLMSde'].map((final): [string, Rule] => [final, lines]),
  // With more numbers it is a way of tracking the mouse.
  ['T', (numbers, size) => (numbers.includes(';') ? undefined : lines(numbers, size))],
  ...['H', 'f', 'r'].map((final): [string, Rule] => [final, onScreen]),
  ...['J', '?J', 'K', '?K'].map((key): [string, Rule] => [key, oneOf(/^[0-3]?$/)]),
  ['g', oneOf(/^[03]?$/)],
  ['s', oneOf(/^$/)],
  ['u', oneOf(/^$/)],
  ['m', asItIs],
  ['h', modes(ansiModes)],
  ['l', modes(ansiModes)],
  ['?h', modes(privateModes)],
  ['?l', modes(privateModes)],
  ['!p', oneOf(/^$/)],
  [' q', oneOf(/^[0-6]?$/)],
  ['"q', oneOf(/^[0-2]?$/)],
  // How keys are told: xterm's modifyOtherKeys, and kitty's protocol.
  ['>m', oneOf(/^\d?(?:;\d?)?$/)],
  ['>u', oneOf(/^\d{0,2}$/)],
  ['=u', oneOf(/^\d{0,2}(?:;[1-3]?)?$/)],
  ['<u', oneOf(/^\d?$/)],
  // Questions whose answers tell nothing of the person's: what terminal, where is the cursor, which modes.
  ['c', oneOf(/^0?$/)],
  ['>c', oneOf(/^0?$/)],
  ['>q', oneOf(/^0?$/)],
  ['?u', oneOf(/^$/)],
  ['n', oneOf(/^[56]$/)],
  ['?n', oneOf(/^(?:6|996)$/)],
  ['$p', oneOf(/^\d{1,4}$/)],
  ['?$p', oneOf(/^\d{1,4}$/)],
  // Of the window only: how large it is, and to put its title aside and back. Not 20 and 21, which report
  // the title as if it had been typed; nor what moves, resizes or hides the window.
  ['t', oneOf(/^(?:1[468]|2[23](?:;[012]?){0,2})$/)],
]);

/** @param sequence what follows CSI, with its final byte */
export function allowControlSequence(sequence: string, size: TerminalSize): string | undefined {
  const [, prefix = '', numbers = '', intermediates = '', final = ''] =
    grammar.exec(sequence) ?? [];
  const rule = rules.get(prefix + intermediates + final);
  if (!rule || numbers.split(/[;:]/).length > maxNumbers) return undefined;
  const allowed = rule(numbers, size);
  return allowed === undefined ? undefined : prefix + allowed + intermediates + final;
}
