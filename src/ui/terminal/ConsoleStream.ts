/**
 * The connection of one terminal to the stream of a console or session: output at the pace of the
 * terminal, input, the terminal's size. Made by `ConsolePseudoterminal`.
 *
 * A terminal that stops drawing is detached, and attached again with its first sign of life.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { TerminalDecoder } from '../model/chunks';
import { TerminalPace, windowBytes } from '../model/TerminalPace';
import type { HelperLink, TerminalSize } from '../services/HelperLink';

/**
 * Pause after each full window of output, in milliseconds, for a terminal that has never answered a
 * DECRQM: it is not on the screen yet, or does not know DECRQM. Limits output to about 6 MB/s.
 */
const restMs = 20;
/**
 * A terminal that has answered before, and then does not for so long, does not draw: a laptop that
 * sleeps, a browser tab that was left. It is detached, so that the container does not wait for it and
 * the extension host's memory does not fill.
 */
const unansweredMs = 10_000;
/** How long the notification `streamEnded` may come after the end of the stream, in milliseconds. */
const endedLateMs = 1000;
/** Full reset (RIS), erase scrollback (ED 3), and LNM, which xterm.js keeps through a reset. */
const clear = '\x1bc\x1b[3J\x1b[20l';

export interface ConsoleEnd {
  /** Exit code; undefined where the connection was lost. */
  readonly code: number | undefined;
  readonly message: string;
  /** The error, where the stream could not be opened. */
  readonly cause?: unknown;
}

export interface ConsoleStreamOptions {
  readonly log: vscode.LogOutputChannel;
  readonly link: HelperLink;
  /** Id of the stream. */
  readonly stream: string;
  /** The terminal's size. Resolves once VS Code takes output. */
  readonly size: () => Promise<TerminalSize>;
  /** Writes to the terminal. */
  readonly write: (text: string) => void;
  readonly onEnd: (end: ConsoleEnd) => void;
}

export class ConsoleStream {
  readonly #pace = new TerminalPace();
  /** Names this terminal to the helper, which knows the size of each. */
  readonly #viewer = randomBytes(8).toString('hex');
  readonly #unsubscribe: () => void;
  #size: TerminalSize | undefined;
  #duplex: Duplex | undefined;
  /** What the helper said of the end. */
  #end: ConsoleEnd | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The terminal has answered a DECRQM. */
  #answers = false;
  #detached = false;
  #stopped = false;
  #disposed = false;
  #hasText = false;
  /** The helper takes `adjustWindow`. */
  #tellsDrawn = true;

  constructor(private readonly options: ConsoleStreamOptions) {
    this.#unsubscribe = options.link.onNotification('streamEnded', (end) => {
      if (end.stream === options.stream) this.#end = end;
    });
  }

  get id(): string {
    return this.options.stream;
  }

  /** Whether any output was text and not only escape sequences. */
  get hasText(): boolean {
    return this.#hasText;
  }

  async connect(): Promise<void> {
    const { link, log, stream, write } = this.options;
    const size = await this.options.size();
    const duplex = await link.openStream(stream, size, this.#viewer, windowBytes);
    if (this.#disposed) {
      duplex.destroy();
      return;
    }
    this.#duplex = duplex;
    if (this.#size && (this.#size.cols !== size.cols || this.#size.rows !== size.rows))
      this.resize(this.#size);
    const decoder = new TerminalDecoder();
    duplex.on('data', (bytes: Buffer) => {
      for (const piece of decoder.write(bytes)) {
        this.#hasText ||= hasText(piece.text);
        write(this.#pace.write(piece));
      }
      this.#flow();
    });
    duplex.on('error', (error) => log.warn(`stream ${stream}: ${error.message}`));
    duplex.once('close', () => {
      if (this.#detached || this.#disposed) return;
      const rest = decoder.end();
      if (rest) write(rest);
      this.#finish();
    });
    duplex.resume(); // paused since the helper's answer, so that no byte is lost
  }

  #finish(): void {
    const finish = () =>
      this.options.onEnd(
        this.#end ?? {
          message: vscode.l10n.t('The connection to the helper was lost.'),
          code: undefined,
        },
      );
    if (this.#end === undefined) setTimeout(finish, endedLateMs);
    else finish();
  }

  /** @param data from the terminal @returns what was typed, without the terminal's answers to DECRQM */
  read(data: string): string {
    const typed = this.#pace.read(data);
    if (typed !== data) {
      this.#answers = true;
      this.#reattach();
      this.#flow();
    }
    return typed;
  }

  type(text: string): void {
    this.#reattach();
    this.#duplex?.write(text);
  }

  resize(size: TerminalSize): void {
    const { link, log, stream } = this.options;
    this.#size = size;
    this.#reattach();
    if (!this.#duplex || this.#stopped) return;
    link
      .request('resize', { stream, viewer: this.#viewer, ...size })
      .catch((error: unknown) => log.warn(`resize: ${messageOf(error)}`));
  }

  /** Resolves when the stream's output has been shown, or does not end in time. */
  async drained(): Promise<void> {
    const duplex = this.#duplex;
    if (!duplex || duplex.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, endedLateMs);
      duplex.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The terminal shows the end: no flow control any more. */
  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    clearTimeout(this.#timer);
  }

  /** Detaches; the console or session goes on. */
  dispose(): void {
    this.#disposed = true;
    this.stop();
    this.#duplex?.destroy();
  }

  /** Resumes or pauses the stream, by how much of its output the terminal has drawn. */
  #flow(): void {
    const duplex = this.#duplex;
    if (!duplex || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#adjustWindow();
    if (!this.#pace.full) {
      duplex.resume();
      return;
    }
    duplex.pause();
    const late = () => {
      if (this.#answers) this.#detach();
      else {
        this.#pace.giveUp();
        this.#flow();
      }
    };
    this.#timer = setTimeout(late, this.#answers ? unansweredMs : restMs);
  }

  /** Tells the helper what has been drawn: it reads no more of the terminal than the window, so Ctrl+C has little to wait for. */
  #adjustWindow(): void {
    const bytes = this.#pace.takeDrawn();
    if (bytes === 0 || !this.#tellsDrawn) return;
    const { link, log, stream } = this.options;
    link
      .request('adjustWindow', { stream, viewer: this.#viewer, bytes })
      .catch((error: unknown) => {
        this.#tellsDrawn = false; // one of an earlier version, or one that ends
        log.warn(`adjustWindow: ${messageOf(error)}`);
      });
  }

  #detach(): void {
    this.#detached = true;
    this.#duplex?.destroy();
    this.#duplex = undefined;
    this.options.log.info(
      'a terminal stopped drawing: its console is detached until it draws again',
    );
  }

  /** After `#detach`, at a sign of life: the helper repeats the screen. */
  #reattach(): void {
    if (!this.#detached || this.#stopped) return;
    const { log, stream, write, onEnd } = this.options;
    this.#detached = false;
    this.#pace.reset();
    write(clear);
    this.connect().catch((error: unknown) => {
      log.warn(`stream ${stream}: ${messageOf(error)}`);
      onEnd(this.#end ?? { message: messageOf(error), code: undefined });
    });
  }
}

function hasText(output: string): boolean {
  // eslint-disable-next-line no-control-regex -- RIS and its like, which Node does not strip
  return /\S/.test(stripVTControlCharacters(output).replace(/\x1b./g, ''));
}
