/**
 * A lesson's pseudo-terminal. What it prints reaches the console without the marks, and without what is
 * hidden: the set-up of a shell that came to the front. Made by `LessonShell`.
 */
import { Duplex } from 'node:stream';
import { Pty, type PseudoTerminal, type TerminalSize } from '../console/pty/Pty';
import { type Mark, MarkParser } from './MarkParser';

export interface TerminalEvents {
  /** Output, in its order with the marks; hidden output too. */
  readonly onText: (text: Buffer) => void;
  readonly onMark: (mark: Mark) => void;
}

/**
 * DSR 6 of ECMA-48, section 8.3.35. BusyBox asks for the cursor's place behind each prompt. On a busy machine
 * the answer comes when a cell has left that shell, and becomes text of the next one's command.
 */
const asksForCursor = '\x1b[6n';

export class MarkedTerminal implements PseudoTerminal {
  readonly stream: Duplex;
  /** Output since `hide`; undefined while it is shown. */
  #hidden: Buffer[] | undefined;
  readonly #pty: Pty;

  /** @throws Error where the machine has no pseudo-terminal left */
  constructor(size: TerminalSize, nonce: string, { onText, onMark }: TerminalEvents) {
    const pty = (this.#pty = new Pty(size));
    const parser = new MarkParser(nonce);
    const stream = (this.stream = new Duplex({
      read: () => void pty.stream.resume(),
      write: (chunk: Buffer, _encoding, done) => {
        if (pty.stream.write(chunk)) done();
        else pty.stream.once('drain', done);
      },
      destroy: (error, done) => {
        pty.stream.destroy();
        done(error);
      },
    }));
    let isBehindPrompt = false;
    const pass = (output: Buffer) => {
      const asks = isBehindPrompt && output.toString('latin1').startsWith(asksForCursor);
      const text = asks ? output.subarray(asksForCursor.length) : output;
      if (output.length > 0) isBehindPrompt = false;
      onText(text);
      if (this.#hidden) this.#hidden.push(text);
      else if (text.length > 0 && !stream.push(text)) pty.stream.pause();
    };
    pty.stream.on('data', (chunk: Buffer) => {
      for (const part of parser.parse(chunk))
        if (Buffer.isBuffer(part)) pass(part);
        else {
          isBehindPrompt = part.kind === 'prompt' || part.kind === 'more';
          onMark(part);
        }
    });
    let hasEnded = false;
    const end = () => {
      if (hasEnded) return;
      hasEnded = true;
      this.reveal();
      pass(parser.end());
      stream.push(null);
      // Not before the console has read the last of it.
      stream.once('end', () => stream.destroy());
    };
    pty.stream.once('end', end).once('close', end);
    pty.stream.on('error', () => undefined); // it closes too, and that is what counts
  }

  /** Where a child opens it. */
  get path(): string {
    return this.#pty.path;
  }

  /** What somebody at the keyboard would type. */
  type(keys: string): void {
    if (!this.#pty.stream.destroyed) this.#pty.stream.write(Buffer.from(keys));
  }

  /** From here on output does not reach the console. */
  hide(): void {
    this.#hidden ??= [];
  }

  /** @param instead what stands for the hidden output; undefined shows it after all */
  reveal(instead?: string): void {
    const hidden = this.#hidden;
    this.#hidden = undefined;
    if (!hidden || this.stream.destroyed) return;
    const text = instead === undefined ? Buffer.concat(hidden) : Buffer.from(instead);
    if (text.length > 0) this.stream.push(text);
  }

  closeSlave(): void {
    this.#pty.closeSlave();
  }

  resize(size: TerminalSize): void {
    this.#pty.resize(size);
  }

  dispose(): void {
    this.stream.destroy();
    this.#pty.dispose();
  }
}
