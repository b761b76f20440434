/**
 * The standard error of a runtime: its own until the payload runs, then the payload's. The runtime's part is
 * buffered for the error message of a failed start. Used by launchRuntime.ts.
 */
import { PassThrough, Readable } from 'node:stream';
import { filteredTo } from '../../console/callerStdio';
import { runtimeError } from './runtimeError';

/** Size of the buffer, in bytes; then the runtime's write(2) blocks. */
const maxHeld = 1024 * 1024;

/** Length of the tail that is kept, in characters. */
const maxTail = 2000;

/** Wait for end of file after the runtime's exit, in milliseconds: a leftover process may hold the pipe. */
const endWithin = 1000;

export class RuntimeErrors {
  readonly #held = new PassThrough({ highWaterMark: maxHeld });
  readonly #ended: Promise<void>;
  #tail = '';

  constructor(
    source: Readable,
    private readonly passOn: (text: Readable) => void = (text) => filteredTo(process.stderr, text),
  ) {
    const decoder = new TextDecoder();
    source.on('data', (bytes: Buffer) => {
      this.#tail = (this.#tail + decoder.decode(bytes, { stream: true })).slice(-maxTail);
    });
    this.#ended = new Promise((resolve) => source.once('close', resolve));
    source.pipe(this.#held);
  }

  /** The last `maxTail` characters. */
  get tail(): string {
    return this.#tail;
  }

  /** Passes on the buffer and all later output. */
  release(): void {
    this.passOn(this.#held);
  }

  /**
   * For a runtime that has exited without a payload. Passes on the lines that are not in the result.
   * @returns the runtime's error message
   */
  async words(): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, endWithin)));
    await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    const { words, rest } = runtimeError(this.#tail);
    if (rest !== '') this.passOn(Readable.from([rest]));
    return words;
  }
}
