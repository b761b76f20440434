/**
 * The standard error of a runtime: its own words until the payload runs, and then the payload's. What comes
 * before is held, because the sentence of a start that fails has it. Used by launchRuntime.ts.
 */
import { PassThrough, Readable } from 'node:stream';
import { filteredTo } from '../../console/callerStdio';
import { runtimeError } from './runtimeError';

/** How much is held before the runtime waits, in bytes. */
const maxHeld = 1024 * 1024;

/** How much of the end is remembered, in characters. */
const maxTail = 2000;

/** How long the end may take to arrive once the runtime has ended: what it left over may hold the pipe. */
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

  /** The end of all that came. */
  get tail(): string {
    return this.#tail;
  }

  /** Passes on what came and what comes. */
  release(): void {
    this.passOn(this.#held);
  }

  /**
   * Of a runtime that has ended without a payload. What is not in its words is passed on.
   * @returns why, in its words
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
