/**
 * Flow control for a Pseudoterminal, which has none: VS Code takes all output and does not report when it is
 * drawn. But the terminal answers DECRQM for an unknown private mode when it has parsed the output before
 * the request. So requests are inserted into the output, and the answers are removed from the input. Used
 * by `ConsoleStream`.
 */

/** A mode number that no terminal has and no program asks for. */
const mode = 7741;
const question = `\x1b[?${mode}$p`;

const answer = new RegExp(`\x1b\\[\\?${mode};\\d\\$y`, 'g');

/** Characters between two requests. */
export const charactersPerQuestion = 8 * 1024;
/** Characters of output without an answer: what Ctrl+C waits for. A request in its middle is answered before this is full. */
export const maxUnanswered = 32 * 1024;

/** An escape sequence without its end (ECMA-48: CSI; OSC, DCS, SOS, PM, APC; two characters). */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unfinished = /^\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x18\x1a]*|[ -/]*)$/;
/** Of an unfinished sequence that is longer than this, only the introducer is kept. */
const maxKept = 64;

export class TerminalPace {
  /** For each request without an answer: the characters before it. */
  readonly #asked: number[] = [];
  #sinceQuestion = 0;
  /** The output since the last ESC, where its sequence may be unfinished. */
  #tail = '';

  /** Whether to write nothing more until an answer comes. */
  get full(): boolean {
    return this.#asked.reduce((sum, count) => sum + count, this.#sinceQuestion) >= maxUnanswered;
  }

  /** @param text the next output @returns the text, with a request where one is due */
  write(text: string): string {
    this.#follow(text);
    this.#sinceQuestion += text.length;
    // A request inside an escape sequence would end the sequence.
    if (this.#sinceQuestion < charactersPerQuestion || this.#tail !== '') return text;
    this.#asked.push(this.#sinceQuestion);
    this.#sinceQuestion = 0;
    return text + question;
  }

  /** @param input from the terminal @returns the input without the answers, late ones too */
  read(input: string): string {
    if (!input.includes('\x1b[?')) return input;
    return input.replace(answer, () => {
      this.#asked.shift();
      return '';
    });
  }

  /** The terminal starts over: no answers will come. */
  reset(): void {
    this.#asked.length = 0;
    this.#sinceQuestion = 0;
    this.#tail = '';
  }

  #follow(text: string): void {
    const escape = text.lastIndexOf('\x1b');
    const tail = escape >= 0 ? text.slice(escape) : this.#tail && this.#tail + text;
    this.#tail = unfinished.test(tail) ? tail.slice(0, maxKept) : '';
  }
}
