/**
 * Takes the marks of a lesson's shells out of what its terminal prints. A mark is an OSC sequence (ECMA-48,
 * section 8.3.89) that `shellSetup` puts into the prompts, or one of printable characters where a shell has no
 * way to write ESC. Used by `MarkedTerminal`.
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

/** How marks begin and end: ESC and BEL, or the same character twice. */
export const plainMark = '^';
const ends: Readonly<Record<string, string>> = { '\x1b': '\x07', [plainMark]: plainMark };

export class MarkParser {
  readonly #introducers: readonly string[];
  /** The end of the output, where it may be the beginning of a mark (latin1). */
  #held = '';

  /** @param nonce of this lesson: what a program prints by chance is no mark */
  constructor(nonce: string) {
    this.#introducers = Object.keys(ends).map((begin) => `${begin}]${markCode};${nonce};`);
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
      const begin = this.#beginIn(rest);
      if (!begin) {
        passOn(rest.length - this.#unfinished(rest));
        break;
      }
      const { at, introducer } = begin;
      passOn(at);
      const end = rest.indexOf(ends[introducer[0]!]!, introducer.length);
      const length = (end < 0 ? rest.length : end) - introducer.length;
      if (end < 0 && length <= maxMark) break;
      const mark = length <= maxMark ? markOf(rest.slice(introducer.length, end)) : undefined;
      if (mark) {
        parts.push(mark);
        rest = rest.slice(end + 1);
      } else passOn(introducer.length);
    }
    this.#held = rest;
    return parts;
  }

  /** What was held back, at the end of the output. */
  end(): Buffer {
    const held = Buffer.from(this.#held, 'latin1');
    this.#held = '';
    return held;
  }

  /** The first introducer. */
  #beginIn(text: string): { readonly at: number; readonly introducer: string } | undefined {
    const found = this.#introducers.map((introducer) => ({
      at: text.indexOf(introducer),
      introducer,
    }));
    return found.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0];
  }

  /** How many characters at the end are a beginning of an introducer. */
  #unfinished(text: string): number {
    const lengths = this.#introducers.map((introducer) => {
      const at = text.lastIndexOf(introducer[0]!);
      return at >= 0 && introducer.startsWith(text.slice(at)) ? text.length - at : 0;
    });
    return Math.max(...lengths);
  }
}

/** `3;D;127`: the shell's number, the kind, the status. */
function markOf(text: string): Mark | undefined {
  const [, shell, letter, status] = /^(\d{1,4});([CDPA])(?:;(\d{1,3}))?$/.exec(text) ?? [];
  const kind = kinds[letter ?? ''];
  if (!kind) return undefined;
  return { shell: Number(shell), kind, ...(status !== undefined && { status: Number(status) }) };
}
