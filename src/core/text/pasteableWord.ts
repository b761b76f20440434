/** A word of a command line as it may be pasted into a shell. Used by "Copy Command Line". */
import { quote } from './quote';
import { escapeControlCharacters } from './escapeControlCharacters';

/**
 * A terminal acts on control characters before a shell sees their quotes, and invisible ones hide what is
 * pasted: those are written as escapes, in `$'…'` (POSIX.1-2024, XCU 2.2.4; bash, zsh, ksh, BusyBox).
 */
export function pasteableWord(word: string): string {
  if (escapeControlCharacters(word) === word) return quote(word);
  const escaped = Array.from(word, (character) =>
    escapeControlCharacters(character) === character
      ? character.replace(/[\\']/, '\\$&')
      : Array.from(
          Buffer.from(character),
          (byte) => `\\x${byte.toString(16).padStart(2, '0')}`,
        ).join(''),
  );
  // A digit after \xHH would be read as part of it by some shells: an empty quote stands between.
  return `$'${escaped.join('').replace(/(\\x[0-9a-f]{2})(?=[0-9a-fA-F])/g, (byte) => `${byte}'$'`)}'`;
}
