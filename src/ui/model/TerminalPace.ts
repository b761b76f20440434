/**
 * Back-pressure for a terminal that gives none. VS Code takes whatever an extension's Pseudoterminal
 * writes and never says how far it has come. The terminal itself can be asked, though: a request for the
 * state of a private mode that nobody has (DECRQM) is answered when everything before it has been
 * parsed. Such questions go along with the output; the answers come back with the input and are taken
 * out there. Used by `ConsolePseudoterminal`.
 */

/** A mode number that no terminal knows, so that no program asks for it. */
const mode = 7741;
const question = `\x1b[?${mode}$p`;

const answer = new RegExp(`\x1b\\[\\?${mode};\\d\\$y`, 'g');

/** Characters between two questions. */
export const charactersPerQuestion = 32 * 1024;
/** Characters that may be on their way: the question in the middle is answered before this is full. */
export const maxUnanswered = 128 * 1024;

/** An escape sequence without its end (ECMA-48: CSI; OSC, DCS, SOS, PM, APC; two characters). */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unfinished = /^\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x18\x1a]*|[ -/]*)$/;
/** Of an unfinished sequence only its kind counts, once it is longer than this. */
const maxKept = 64;

export class TerminalPace {
  /** Characters before each question that is not answered yet. */
  readonly #asked: number[] = [];
  #sinceQuestion = 0;
  /** The output since its last ESC, where that may still be unfinished. */
  #tail = '';

  /** True where nothing more should be written until an answer comes. */
  get full(): boolean {
    return this.#asked.reduce((sum, count) => sum + count, this.#sinceQuestion) >= maxUnanswered;
  }

  /** @param text what is about to be written @returns it, with a question where it is time for one */
  write(text: string): string {
    this.#follow(text);
    this.#sinceQuestion += text.length;
    // In the middle of a sequence the question would end it.
    if (this.#sinceQuestion < charactersPerQuestion || this.#tail !== '') return text;
    this.#asked.push(this.#sinceQuestion);
    this.#sinceQuestion = 0;
    return text + question;
  }

  /** @param input what the terminal sends @returns it without answers to us, late ones too */
  read(input: string): string {
    if (!input.includes('\x1b[?')) return input;
    return input.replace(answer, () => {
      this.#asked.shift();
      return '';
    });
  }

  /** The terminal starts anew: what was asked will not be answered. */
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
