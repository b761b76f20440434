/** Decodes the output of a console, and cuts it into pieces for the terminal. Used by `ConsoleStream`. */
import { StringDecoder } from 'node:string_decoder';

/** Bytes in one write event: one or two screens, which VS Code draws smoothly. */
export const chunkBytes = 16 * 1024;

export interface Piece {
  readonly text: string;
  /** That it was made of, with those of a character that is not whole yet. */
  readonly bytes: number;
}

/** Decodes UTF-8. A character that is split between two reads, or two pieces, waits for its rest. */
export class TerminalDecoder {
  readonly #decoder = new StringDecoder('utf8');

  /** @returns pieces of at most `chunkBytes`. No piece ends inside a character. */
  write(bytes: Buffer): Piece[] {
    const pieces: Piece[] = [];
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      const part = bytes.subarray(start, start + chunkBytes);
      pieces.push({ text: this.#decoder.write(part), bytes: part.length });
    }
    return pieces;
  }

  /** The rest at the end of the stream: an incomplete character becomes U+FFFD. */
  end(): string {
    return this.#decoder.end();
  }
}
