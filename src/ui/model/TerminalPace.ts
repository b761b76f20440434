/**
 * Flow control for a Pseudoterminal, which has none: VS Code takes all output and does not report when it is
 * drawn (its own terminals do, by `acknowledgeDataEvent`). But the terminal answers DECRQM for an unknown private mode when it has parsed the output before
 * the request. So requests are inserted into the output, and the answers are removed from the input. Used
 * by `ConsoleStream`.
 */

import type { Piece } from './chunks';

/** A mode number that no terminal has and no program asks for. */
const mode = 7741;
const question = `\x1b[?${mode}$p`;

const answer = new RegExp(`\x1b\\[\\?${mode};\\d\\$y`, 'g');

/** Bytes of output between two requests. */
export const bytesPerQuestion = 4 * 1024;
/**
 * Bytes of output on the way to a terminal: what Ctrl+C waits for. VS Code holds its own terminals up at 100,000
 * characters. A smaller window leaves the terminal without work while an answer is on its way.
 */
export const windowBytes = 128 * 1024;

/** An escape sequence without its end (ECMA-48: CSI; OSC, DCS, SOS, PM, APC; two characters). */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unfinished = /^\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x18\x1a]*|[ -/]*)$/;
/** Of an unfinished sequence that is longer than this, only the introducer is kept. */
const maxKept = 64;

export class TerminalPace {
  /** For each request without an answer: the bytes before it. */
  readonly #asked: number[] = [];
  #sinceQuestion = 0;
  #drawn = 0;
  /** The output since the last ESC, where its sequence may be unfinished. */
  #tail = '';

  /** Bytes of output that may not have been drawn. */
  get unanswered(): number {
    return this.#asked.reduce((sum, count) => sum + count, this.#sinceQuestion);
  }

  /** Whether to write nothing more until an answer comes. */
  get full(): boolean {
    return this.unanswered >= windowBytes;
  }

  /** @param piece the next output @returns its text, with a request where one is due */
  write({ text, bytes }: Piece): string {
    this.#follow(text);
    this.#sinceQuestion += bytes;
    // A request inside an escape sequence would end the sequence.
    if (this.#sinceQuestion < bytesPerQuestion || this.#tail !== '') return text;
    this.#asked.push(this.#sinceQuestion);
    this.#sinceQuestion = 0;
    return text + question;
  }

  /** @param input from the terminal @returns the input without the answers, late ones too */
  read(input: string): string {
    if (!input.includes('\x1b[?')) return input;
    return input.replace(answer, () => {
      this.#drawn += this.#asked.shift() ?? 0;
      return '';
    });
  }

  /** @returns bytes that have been drawn since the last call */
  takeDrawn(): number {
    const drawn = this.#drawn;
    this.#drawn = 0;
    return drawn;
  }

  /** No answers will come: all of it counts as drawn. */
  giveUp(): void {
    this.#drawn += this.unanswered;
    this.#asked.length = 0;
    this.#sinceQuestion = 0;
  }

  /** The terminal starts over, with the next output. */
  reset(): void {
    this.giveUp();
    this.#drawn = 0;
    this.#tail = '';
  }

  #follow(text: string): void {
    const escape = text.lastIndexOf('\x1b');
    const tail = escape >= 0 ? text.slice(escape) : this.#tail && this.#tail + text;
    this.#tail = unfinished.test(tail) ? tail.slice(0, maxKept) : '';
  }
}
