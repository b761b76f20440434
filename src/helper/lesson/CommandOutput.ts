/** What the commands of a cell print, as text for the notebook. Filled by `LessonShell`. */

/** Bytes of one run that are kept: the first ones, and the terminal has all. */
const maxBytes = 256 * 1024;

const cr = 0x0d;

/** Control sequences that are no colours (SGR): the notebook draws those, and has no cursor. */
const notColours =
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  /\x1b\[(?![\d;:]*m)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-Z\\^-~]|[\x00-\x08\x0b\x0c\x0e-\x1a\x7f]/g;

export class CommandOutput {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Chunks before these belong to former commands. */
  #from = 0;
  #isOpen = false;

  add(chunk: Buffer): void {
    if (!this.#isOpen || this.#bytes >= maxBytes) return;
    this.#chunks.push(chunk.subarray(0, maxBytes - this.#bytes));
    this.#bytes += chunk.length;
  }

  /** A command is typed: what comes now is its echo. */
  begin(): void {
    this.#isOpen = true;
    this.#from = this.#chunks.length;
  }

  /** The command has ended: what comes now is a prompt. */
  end(): void {
    this.#isOpen = false;
  }

  /** What comes now is the set-up of a shell that the command started, and no output; `resume` where it was none. */
  pause(): void {
    this.#isOpen = false;
  }

  resume(): void {
    this.#isOpen = true;
  }

  /** The output of the command begins: what came since `begin` was its echo. */
  dropEcho(): void {
    this.#keep((text) => text.subarray(text.length));
  }

  /**
   * For shells that do not say where the output begins: it does behind the first line. BusyBox breaks one that is
   * wider than the terminal, with CR and LF, of which the terminal makes CR CR LF.
   */
  dropFirstLine(): void {
    this.#keep((text) => {
      let end = text.indexOf('\n');
      while (end >= 2 && text[end - 1] === cr && text[end - 2] === cr)
        end = text.indexOf('\n', end + 1);
      return text.subarray(end + 1);
    });
  }

  /** The last line is the prompt of a shell that the command started. */
  dropLastLine(): void {
    this.#keep((text) => text.subarray(0, text.lastIndexOf('\n') + 1));
  }

  /** Lines end with LF; of a line that was written over (CR) the last state is left. */
  get text(): string {
    return Buffer.concat(this.#chunks)
      .toString('utf8')
      .replace(notColours, '')
      .replace(/\r+\n/g, '\n')
      .replace(/^.*\r(?=[^\n])/gm, '');
  }

  get isCut(): boolean {
    return this.#bytes > maxBytes;
  }

  #keep(part: (text: Buffer) => Buffer): void {
    const text = Buffer.concat(this.#chunks.splice(this.#from));
    const kept = part(text);
    this.#bytes -= text.length - kept.length;
    this.#chunks.push(kept);
  }
}
