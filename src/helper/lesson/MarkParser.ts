/**
 * Takes the marks of a lesson's shells out of what its terminal prints. A mark is an OSC sequence (ECMA-48,
 * section 8.3.89) that `shellSetup` puts into the prompts. Used by `MarkedTerminal`.
 */

/**
 * `output`: a command's output begins; `status`: it has ended; `more`: the shell wants another line of it;
 * `prompt`: the shell waits for a command.
 */
export type MarkKind = 'output' | 'status' | 'more' | 'prompt';

export interface Mark {
  /** Which of the lesson's shells printed it, by the number of its set-up. */
  readonly shell: number;
  readonly kind: MarkKind;
  /** Exit status, 0 to 255; of `status` alone. */
  readonly status?: number;
}

/** Private: OSC numbers of others are below it. The letters are those of VS Code's OSC 633. */
export const markCode = 7741;
const kinds: Readonly<Record<string, MarkKind>> = {
  C: 'output',
  D: 'status',
  P: 'more',
  A: 'prompt',
};

/** Longest mark behind its introducer; what is longer is none. */
const maxMark = 32;

export class MarkParser {
  readonly #introducer: string;
  /** The end of the output, where it may be the beginning of a mark (latin1). */
  #held = '';

  /** @param nonce of this lesson: what a program prints by chance is no mark */
  constructor(nonce: string) {
    this.#introducer = `\x1b]${markCode};${nonce};`;
  }

  /** @returns text and marks in their order; text without an end that may become a mark */
  parse(chunk: Buffer): (Buffer | Mark)[] {
    const parts: (Buffer | Mark)[] = [];
    let rest = this.#held + chunk.toString('latin1');
    const passOn = (length: number) => {
      if (length > 0) parts.push(Buffer.from(rest.slice(0, length), 'latin1'));
      rest = rest.slice(length);
    };
    for (;;) {
      const at = rest.indexOf(this.#introducer);
      if (at < 0) break;
      passOn(at);
      const end = rest.indexOf('\x07', this.#introducer.length);
      const length = (end < 0 ? rest.length : end) - this.#introducer.length;
      if (end < 0 && length <= maxMark) break;
      const mark = length <= maxMark ? markOf(rest.slice(this.#introducer.length, end)) : undefined;
      if (mark) {
        parts.push(mark);
        rest = rest.slice(end + 1);
      } else passOn(this.#introducer.length);
    }
    if (!rest.startsWith(this.#introducer)) passOn(rest.length - this.#unfinished(rest));
    this.#held = rest;
    return parts;
  }

  /** What was held back, at the end of the output. */
  end(): Buffer {
    const held = Buffer.from(this.#held, 'latin1');
    this.#held = '';
    return held;
  }

  /** How many characters at the end are a beginning of the introducer. */
  #unfinished(text: string): number {
    const escape = text.lastIndexOf('\x1b');
    const tail = escape < 0 ? '' : text.slice(escape);
    return tail !== '' && this.#introducer.startsWith(tail) ? tail.length : 0;
  }
}

/** `3;D;127`: the shell's number, the kind, the status. */
function markOf(text: string): Mark | undefined {
  const [, shell, letter, status] = /^(\d{1,4});([CDPA])(?:;(\d{1,3}))?$/.exec(text) ?? [];
  const kind = kinds[letter ?? ''];
  if (!kind) return undefined;
  return { shell: Number(shell), kind, ...(status !== undefined && { status: Number(status) }) };
}
