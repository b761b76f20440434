/**
 * An integrated terminal over the stream of a console or session. Closing it detaches: the container
 * goes on, and "Attach to Console" brings it back with its scrollback. Made by `Terminals` and by tasks.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { wrapWords } from '../../core/text/wrapWords';
import { TerminalDecoder } from '../model/chunks';
import { TerminalPace } from '../model/TerminalPace';
import type { HelperLink, TerminalSize } from '../services/HelperLink';

/**
 * Where the terminal has never answered (it is not on the screen yet, or knows no DECRQM): a rest after
 * each full window, about 6 MB/s at most.
 */
const restMs = 20;
/**
 * A terminal that has answered and then does not for so long has nobody in front of it: a closed
 * laptop, a page that was left. It detaches, so that neither the container waits for it nor the
 * editor's memory fills, and comes back with the screen as it then is.
 */
const nobodyMs = 10_000;
/** How long the sentence on how it ended may lag behind the end of the stream, in milliseconds. */
const lastWordMs = 1000;
/** The size until the terminal says its own, and how long it may take to, in milliseconds. */
const usualSize: TerminalSize = { cols: 80, rows: 24 };
const sizeMs = 2000;
/** Empties the terminal: full reset (RIS), the scrollback (ED 3), and LNM, which xterm keeps through a reset. */
const clear = '\x1bc\x1b[3J\x1b[20l';

/**
 * Back to the normal screen, the mouse and pasting as in any terminal, a cursor, and DECSTR for the rest: the
 * helper does it at the end of a program, and nobody where the connection to it was lost.
 */
const backToNormal =
  '\x1b[?1047l\x1b[?9;1000;1002;1003;1004;1006;1016;2004;2026l\x1b[?25h\x1b[!p\x1b[20l';

const failedStart = 125;

export interface ConsoleEnd {
  /** Exit code; undefined where the connection was lost. */
  readonly code: number | undefined;
  readonly message: string;
  /** What was thrown where it could not begin. */
  readonly cause?: unknown;
}

export class ConsolePseudoterminal implements vscode.Pseudoterminal {
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | void>();
  readonly #opened: Promise<void>;
  readonly #pace = new TerminalPace();
  readonly #viewer = randomBytes(8).toString('hex');
  #setOpened: () => void = () => undefined;
  /** VS Code drops what is written before it has called `open`, however long that takes. */
  readonly #ready: Promise<void>;
  #setReady: () => void = () => undefined;
  #size: TerminalSize | undefined;
  #link: HelperLink | undefined;
  #stream: string | undefined;
  #duplex: Duplex | undefined;
  #unsubscribe: (() => void) | undefined;
  #lastWord: ConsoleEnd | undefined;
  #timer: NodeJS.Timeout | undefined;
  #answers = false;
  #away = false;
  #ended = false;
  #closed = false;
  #hasText = false;

  /**
   * Set while a container starts: the one line for a start that fails, in place of the reason, which
   * whoever started it is told in a message. Where no step was shown, the terminal closes.
   */
  failedStart: string | undefined;

  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;

  /** @param onEnd instead of a last line and a terminal that stays: what a task does */
  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly onEnd?: (end: ConsoleEnd) => void,
  ) {
    this.#opened = new Promise((resolve) => (this.#setOpened = resolve));
    this.#ready = new Promise((resolve) => (this.#setReady = resolve));
  }

  /** True once what it showed is over: the terminal stays readable, Enter closes it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The console or session that it shows. */
  get stream(): string | undefined {
    return this.#stream;
  }

  /** The terminal's size, or a usual one where it is not on the screen yet. */
  async size(): Promise<TerminalSize> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, sizeMs)));
    await Promise.race([this.#opened, late]);
    clearTimeout(timer);
    return this.#size ?? usualSize;
  }

  /** Shows a console or session; a second call for the same stream does nothing. */
  async attach(link: HelperLink, stream: string): Promise<void> {
    if (this.#stream === stream || this.#closed) return;
    this.#link = link;
    this.#stream = stream;
    this.#unsubscribe = link.onNotification('streamEnded', (end) => {
      if (end.stream === stream) this.#lastWord = end;
    });
    await this.#connect(link, stream);
  }

  /** Says how it ended and keeps the terminal readable. `cause`: why it could not begin. */
  end(message: string, code?: number, cause?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    if (this.onEnd) {
      this.onEnd({ code, message, cause });
      return;
    }
    const failed = code === undefined || code === failedStart ? this.failedStart : undefined;
    if (failed !== undefined && !this.#hasText) {
      this.finish(0);
      return;
    }
    const hint = vscode.l10n.t('Press Enter to close this terminal.');
    const text = wrapWords(`[${visible(failed ?? message)}]`, this.#size?.cols ?? usualSize.cols);
    // In the theme's red what did not go well: 125 is a start that failed, as `helper.js run` has it.
    const colour = code === undefined || code === failedStart ? '\x1b[31m' : '\x1b[2m';
    const reset = code === undefined ? backToNormal : '';
    this.writeLine(`${reset}\x1b[0m${colour}${text}\x1b[0m\r\n\x1b[2m${hint}\x1b[0m`);
  }

  /** As `end`, once what the stream still holds (the steps of a failed start) has been shown. */
  async endAfterOutput(message: string): Promise<void> {
    const duplex = this.#duplex;
    if (duplex && !duplex.closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lastWordMs);
        duplex.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.end(message);
  }

  /** A line of ours. `text` must be safe to show. */
  writeLine(text: string): void {
    void this.#ready.then(() => this.#write.fire(`\r\n${text}\r\n`));
  }

  /** Where what it was opened for cannot be: a task ends with the reason, another terminal closes. */
  giveUp(cause: unknown): void {
    if (this.onEnd) this.end(messageOf(cause), undefined, cause);
    else this.finish(0);
  }

  /** Closes the terminal, or ends the task with that exit code. */
  finish(code: number): void {
    void this.#ready.then(() => this.#close.fire(code)); // after what was said
  }

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size) this.#size = bounded(size);
    if (size) this.#setOpened();
    this.#setReady();
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = bounded(size);
    this.#setOpened();
    this.#comeBack();
    this.#resize(this.#size);
  }

  handleInput(data: string): void {
    const typed = this.#pace.read(data);
    if (typed !== data) {
      this.#answers = true;
      this.#comeBack();
      this.#flow();
    }
    if (typed === '') return;
    if (this.#ended) {
      if (typed.includes('\r')) this.#close.fire();
    } else {
      this.#comeBack();
      this.#duplex?.write(typed);
    }
  }

  /** The person closed the terminal: only the view of the console goes. */
  close(): void {
    this.#closed = true;
    this.#setReady();
    this.#ended = true;
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    this.#duplex?.destroy();
  }

  async #connect(link: HelperLink, stream: string): Promise<void> {
    await this.#ready;
    const size = await this.size();
    const duplex = await link.openStream(stream, size, this.#viewer);
    if (this.#closed) {
      duplex.destroy();
      return;
    }
    this.#duplex = duplex;
    if (this.#size && (this.#size.cols !== size.cols || this.#size.rows !== size.rows))
      this.#resize(this.#size);
    const decoder = new TerminalDecoder();
    duplex.on('data', (bytes: Buffer) => {
      for (const piece of decoder.write(bytes)) {
        this.#hasText ||= hasText(piece);
        this.#write.fire(this.#pace.write(piece));
      }
      this.#flow();
    });
    duplex.on('error', (error) => this.log.warn(`stream ${stream}: ${error.message}`));
    duplex.once('close', () => {
      if (this.#away || this.#closed) return;
      const rest = decoder.end();
      if (rest) this.#write.fire(rest);
      const finish = () => {
        const { message, code } = this.#lastWord ?? {
          message: vscode.l10n.t('The connection to the helper was lost.'),
          code: undefined,
        };
        this.end(message, code);
      };
      if (this.#lastWord === undefined) setTimeout(finish, lastWordMs);
      else finish();
    });
    duplex.resume(); // it was paused right after the helper's answer, so that no byte is lost
  }

  /** Lets the stream on or holds it, by how far the terminal has come. */
  #flow(): void {
    const duplex = this.#duplex;
    if (!duplex || this.#ended) return;
    clearTimeout(this.#timer);
    if (!this.#pace.full) {
      duplex.resume();
      return;
    }
    duplex.pause();
    const late = () => {
      if (this.#answers) this.#leave();
      else {
        this.#pace.reset();
        duplex.resume();
      }
    };
    this.#timer = setTimeout(late, this.#answers ? nobodyMs : restMs);
  }

  #leave(): void {
    this.#away = true;
    this.#duplex?.destroy();
    this.#duplex = undefined;
    this.log.info('a terminal does not draw any more: its console was detached until it does');
  }

  /** After `#leave`: a sign of life. */
  #comeBack(): void {
    if (!this.#away || this.#ended || !this.#link || !this.#stream) return;
    this.#away = false;
    this.#pace.reset();
    this.#write.fire(clear);
    this.#connect(this.#link, this.#stream).catch((error: unknown) => {
      this.log.warn(`stream ${this.#stream}: ${messageOf(error)}`);
      this.end(this.#lastWord?.message ?? messageOf(error), this.#lastWord?.code);
    });
  }

  #resize(size: TerminalSize): void {
    if (!this.#link || !this.#stream || !this.#duplex || this.#ended) return;
    this.#link
      .request('resize', { stream: this.#stream, viewer: this.#viewer, ...size })
      .catch((error: unknown) => this.log.warn(`resize: ${messageOf(error)}`));
  }
}

/** Whether anything is to be read, escape sequences aside. */
function hasText(output: string): boolean {
  // eslint-disable-next-line no-control-regex -- RIS and its like, which Node does not strip
  return /\S/.test(stripVTControlCharacters(output).replace(/\x1b./g, ''));
}

function bounded({ columns, rows }: vscode.TerminalDimensions): TerminalSize {
  const within = (value: number) => Math.min(1000, Math.max(1, Math.floor(value)));
  return { cols: within(columns), rows: within(rows) };
}
