/**
 * An integrated terminal that shows a console or session. Closing it detaches: the container goes on,
 * and "Attach to Console" shows it again with its scrollback. Made by `Terminals` and by tasks.
 */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { wrapWords } from '../../core/text/wrapWords';
import type { HelperLink, TerminalSize } from '../services/HelperLink';
import { type ConsoleEnd, ConsoleStream } from './ConsoleStream';

/** The size until VS Code tells it, and how long to wait for that, in milliseconds. */
const usualSize: TerminalSize = { cols: 80, rows: 24 };
const sizeMs = 2000;

/**
 * Main screen, no mouse reports, no bracketed paste, a visible cursor, and DECSTR for the rest. The helper
 * writes it when a program ends; where the connection was lost, no helper can.
 */
const backToNormal =
  '\x1b[?1047l\x1b[?9;1000;1002;1003;1004;1006;1016;2004;2026l\x1b[?25h\x1b[!p\x1b[20l';

/** Exit code of a start that failed, as of `helper.js run`. */
const failedStart = 125;

export class ConsolePseudoterminal implements vscode.Pseudoterminal {
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | void>();
  readonly #opened: Promise<void>;
  #setOpened: () => void = () => undefined;
  /** Resolves when VS Code has called `open`; it drops what is written before. */
  readonly #ready: Promise<void>;
  #setReady: () => void = () => undefined;
  #size: TerminalSize | undefined;
  #stream: ConsoleStream | undefined;
  #ended = false;
  #closed = false;

  /**
   * Set while a container starts. If the start fails, the terminal shows this line in place of the
   * reason, which a notification shows. Where no step was shown, the terminal closes.
   */
  failedStart: string | undefined;

  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;

  /** @param onEnd called instead of writing a last line and keeping the terminal: for a task */
  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly onEnd?: (end: ConsoleEnd) => void,
  ) {
    this.#opened = new Promise((resolve) => (this.#setOpened = resolve));
    this.#ready = new Promise((resolve) => (this.#setReady = resolve));
  }

  /** The console or session has ended. The terminal stays readable, and Enter closes it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Id of the console or session that it shows. */
  get stream(): string | undefined {
    return this.#stream?.id;
  }

  /** The terminal's size, or 80×24 where it is not on the screen yet. */
  async size(): Promise<TerminalSize> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, sizeMs)));
    await Promise.race([this.#opened, late]);
    clearTimeout(timer);
    return this.#size ?? usualSize;
  }

  /** Shows a console or session. A second call for the same stream does nothing. */
  async attach(link: HelperLink, stream: string): Promise<void> {
    if (this.stream === stream || this.#closed) return;
    this.#stream?.dispose();
    this.#stream = new ConsoleStream({
      ...{ log: this.log, link, stream },
      size: () => this.#ready.then(() => this.size()),
      write: (text) => this.#write.fire(text),
      onEnd: ({ message, code }) => this.end(message, code),
    });
    await this.#stream.connect();
  }

  /** Writes how it ended and keeps the terminal readable. @param cause the error, where it could not begin */
  end(message: string, code?: number, cause?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream?.stop();
    if (this.onEnd) {
      this.onEnd({ code, message, cause });
      return;
    }
    const hasFailed = code === undefined || code === failedStart;
    const failed = hasFailed ? this.failedStart : undefined;
    if (failed !== undefined && !this.#stream?.hasText) {
      this.finish(0);
      return;
    }
    const hint = vscode.l10n.t('Press Enter to close this terminal.');
    const text = wrapWords(
      `[${escapeControlCharacters(failed ?? message)}]`,
      this.#size?.cols ?? usualSize.cols,
    );
    // A failure in the theme's red, an exit dimmed.
    const colour = hasFailed ? '\x1b[31m' : '\x1b[2m';
    const reset = code === undefined ? backToNormal : '';
    this.writeLine(`${reset}\x1b[0m${colour}${text}\x1b[0m\r\n\x1b[2m${hint}\x1b[0m`);
  }

  /** As `end`, after the rest of the output: the steps of a start that failed. */
  async endAfterOutput(message: string): Promise<void> {
    await this.#stream?.drained();
    this.end(message);
  }

  /** Writes a line of the extension. @param text safe to show */
  writeLine(text: string): void {
    void this.#ready.then(() => this.#write.fire(`\r\n${text}\r\n`));
  }

  /** The session could not be opened: a task ends with the reason, another terminal closes. */
  giveUp(cause: unknown): void {
    if (this.onEnd) this.end(messageOf(cause), undefined, cause);
    else this.finish(0);
  }

  /** Closes the terminal, or ends the task with this exit code. */
  finish(code: number): void {
    void this.#ready.then(() => this.#close.fire(code)); // after the lines that were written
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size) this.#size = bounded(size);
    if (size) this.#setOpened();
    this.#setReady();
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = bounded(size);
    this.#setOpened();
    this.#stream?.resize(this.#size);
  }

  handleInput(data: string): void {
    const typed = this.#stream?.read(data) ?? data;
    if (typed === '') return;
    if (!this.#ended) this.#stream?.type(typed);
    else if (typed.includes('\r')) this.#close.fire();
  }

  /** The user closed the terminal: detaches. */
  close(): void {
    this.#closed = true;
    this.#setReady();
    this.#ended = true;
    this.#stream?.dispose();
  }
}

function bounded({ columns, rows }: vscode.TerminalDimensions): TerminalSize {
  const within = (value: number) => Math.min(1000, Math.max(1, Math.floor(value)));
  return { cols: within(columns), rows: within(rows) };
}
