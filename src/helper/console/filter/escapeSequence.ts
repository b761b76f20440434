/** Which escape sequences without numbers may pass (ECMA-48, 5.3; xterm's ctlseqs). Called by OutputFilter.ts. */

/**
 * Cursor (7 8), lines (D E M), tab stop (H), keypad (= >), reset (c), shifts of character sets (n o | } ~ N O).
 * Not: Z (an answer), l m (memory lock).
 */
const plain = /^[78DEMH=>cno|}~NO]$/;
/** Designation of a character set, the test pattern (# 8), double-width lines. */
const withIntermediate = /^(?:[()*+\-./][0-~]|#[34568])$/;

/**
 * Not among them: `% @`, which takes a terminal from UTF-8 to bytes, of which some are introducers that the
 * filter does not see; `SP F` and `SP G`, which choose how the terminal answers.
 * @param sequence what follows ESC
 */
export function allowEscape(sequence: string): string | undefined {
  return plain.test(sequence) || withIntermediate.test(sequence) ? sequence : undefined;
}
