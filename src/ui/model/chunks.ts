/** Cuts what a console writes into pieces that the terminal takes one at a time. */
import { StringDecoder } from 'node:string_decoder';

/** Characters that go to the terminal in one event: a screenful or two, drawn without a stutter. */
export const chunkCharacters = 16 * 1024;

/** Turns bytes into text; a character that is split between two reads is held back until it is whole. */
export class TerminalDecoder {
  readonly #decoder = new StringDecoder('utf8');

  /** @returns pieces of at most `chunkCharacters` UTF-16 units, none of which ends in half a character */
  write(bytes: Uint8Array): string[] {
    return chunks(this.#decoder.write(Buffer.from(bytes)));
  }

  /** What is left at the end: an incomplete character becomes U+FFFD. */
  end(): string {
    return this.#decoder.end();
  }
}

function chunks(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + chunkCharacters, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}
