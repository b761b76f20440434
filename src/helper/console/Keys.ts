/**
 * Single keys that a person presses on the terminal that the helper was started on. What was typed and not
 * taken stays for who reads the terminal next. Used by `run --step`.
 */
import type { ReadStream } from 'node:tty';

/** As the terminal driver would make SIGINT of it, and an end of the input (termios(3): VINTR, VEOF). */
const [interrupt, endOfInput] = ['\x03', '\x04'];
/** A key that sends more than one byte: an arrow, a function key. */
// eslint-disable-next-line no-control-regex
const sequence = /^\x1b(?:\[[0-?]*[ -/]*[@-~]?|O?[^]?)/;

export class Keys {
  /** One character per byte. */
  #typed = '';
  #wanted: ((key: string) => void) | undefined;
  readonly #take = (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (text.includes(interrupt)) return this.interrupted();
    this.#typed += text;
    this.#give();
  };
  readonly #end = () => this.interrupted();

  /** @param interrupted called for Ctrl+C, and where the terminal is gone, also while no key is waited for */
  constructor(
    private readonly terminal: ReadStream,
    private readonly interrupted: () => void,
  ) {}

  open(): void {
    this.terminal.setRawMode(true);
    this.terminal.on('data', this.#take).on('end', this.#end).on('error', this.#end);
    this.terminal.resume();
  }

  /** Does nothing where it is not open. */
  close(): void {
    const { terminal } = this;
    if (!terminal.listeners('data').includes(this.#take)) return;
    terminal.off('data', this.#take).off('end', this.#end).off('error', this.#end);
    terminal.pause();
    if (terminal.isRaw) terminal.setRawMode(false);
    if (this.#typed !== '' && !terminal.readableEnded)
      terminal.unshift(Buffer.from(this.#typed, 'latin1'));
    this.#typed = '';
  }

  /**
   * Waits until one of them is pressed; all others are passed over.
   * @param end is the answer to Ctrl+D
   */
  next<T>(keys: ReadonlyMap<string, T>, end: T): Promise<T> {
    return new Promise((resolve) => {
      this.#wanted = (key) => {
        if (key !== endOfInput && !keys.has(key)) return;
        this.#wanted = undefined;
        resolve(key === endOfInput ? end : keys.get(key)!);
      };
      this.#give();
    });
  }

  #give(): void {
    while (this.#wanted && this.#typed !== '') {
      const key = sequence.exec(this.#typed)?.[0] ?? this.#typed[0]!;
      this.#typed = this.#typed.slice(key.length);
      this.#wanted(key);
    }
  }
}
