/** Decodes the output of a console, and cuts it into pieces for the terminal. Used by `ConsoleStream`. */
import { StringDecoder } from 'node:string_decoder';

/** UTF-16 units in one write event: one or two screens, which VS Code draws smoothly. */
export const chunkCharacters = 16 * 1024;

/** Decodes UTF-8. A character that is split between two reads waits for the second one. */
export class TerminalDecoder {
  readonly #decoder = new StringDecoder('utf8');

  /** @returns pieces of at most `chunkCharacters` UTF-16 units. No piece ends inside a character. */
  write(bytes: Uint8Array): string[] {
    return chunks(this.#decoder.write(Buffer.from(bytes)));
  }

  /** The rest at the end of the stream: an incomplete character becomes U+FFFD. */
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
