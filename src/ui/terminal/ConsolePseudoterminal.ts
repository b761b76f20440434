/**
 * An integrated terminal over the stream of a console or session. Closing it detaches: the container
 * goes on, and "Attach to Console" brings it back with its scrollback. Made by `Terminals`.
 */
import type { Duplex } from 'node:stream';
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { visible } from '../../core/text/visible';
import { TerminalDecoder } from '../model/chunks';
import type { HelperLink, TerminalSize } from '../services/HelperLink';

/**
 * VS Code does not say when a terminal has drawn what it was given. So the socket rests after each
 * read: about 3 MB/s at most, which a terminal keeps up with, and which keeps the helper waiting
 * (and with it the program that writes) instead of filling the editor's memory.
 */
const restMs = 20;
const bytesPerRest = 64 * 1024;
/** How long the sentence on how it ended may lag behind the end of the stream, in milliseconds. */
const lastWordMs = 1000;
/** The size until the terminal says its own, and how long it may take to, in milliseconds. */
const usualSize: TerminalSize = { cols: 80, rows: 24 };
const sizeMs = 2000;

export class ConsolePseudoterminal implements vscode.Pseudoterminal {
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number | void>();
  readonly #opened: Promise<void>;
  #setOpened: () => void = () => undefined;
  #size: TerminalSize | undefined;
  #link: HelperLink | undefined;
  #stream: string | undefined;
  #duplex: Duplex | undefined;
  #unsubscribe: (() => void) | undefined;
  #ended = false;
  #closed = false;

  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.#opened = new Promise((resolve) => (this.#setOpened = resolve));
  }

  /** True once what it showed is over: the terminal stays readable, Enter closes it. */
  get ended(): boolean {
    return this.#ended;
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
    let lastWord: string | undefined;
    this.#unsubscribe = link.onNotification('streamEnded', (end) => {
      if (end.stream === stream) lastWord = end.message;
    });
    const size = await this.size();
    const duplex = await link.openStream(stream, size);
    if (this.#closed) {
      duplex.destroy();
      return;
    }
    this.#duplex = duplex;
    if (this.#size && (this.#size.cols !== size.cols || this.#size.rows !== size.rows))
      this.#resize(this.#size);
    const decoder = new TerminalDecoder();
    let sinceRest = 0;
    duplex.on('data', (bytes: Buffer) => {
      for (const piece of decoder.write(bytes)) this.#write.fire(piece);
      sinceRest += bytes.length;
      if (sinceRest < bytesPerRest) return;
      sinceRest = 0;
      duplex.pause();
      setTimeout(() => duplex.resume(), restMs);
    });
    duplex.on('error', (error) => this.log.warn(`stream ${stream}: ${error.message}`));
    duplex.once('close', () => {
      const rest = decoder.end();
      if (rest) this.#write.fire(rest);
      const finish = () => this.end(lastWord ?? vscode.l10n.t('The connection has ended.'));
      if (lastWord === undefined) setTimeout(finish, lastWordMs);
      else finish();
    });
    duplex.resume(); // it was paused right after the helper's answer, so that no byte is lost
  }

  /** Says how it ended and keeps the terminal readable. */
  end(message: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unsubscribe?.();
    const hint = vscode.l10n.t('Press Enter to close this terminal.');
    this.#write.fire(`\r\n\x1b[0m\x1b[2m[${visible(message)}]\r\n${hint}\x1b[0m\r\n`);
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

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size) this.#size = bounded(size);
    if (size) this.#setOpened();
  }

  setDimensions(size: vscode.TerminalDimensions): void {
    this.#size = bounded(size);
    this.#setOpened();
    this.#resize(this.#size);
  }

  handleInput(data: string): void {
    if (this.#ended) {
      if (data.includes('\r')) this.#close.fire();
    } else this.#duplex?.write(data);
  }

  /** The person closed the terminal: only the view of the console goes. */
  close(): void {
    this.#closed = true;
    this.#ended = true;
    this.#unsubscribe?.();
    this.#duplex?.destroy();
  }

  #resize(size: TerminalSize): void {
    if (!this.#link || !this.#stream || !this.#duplex || this.#ended) return;
    this.#link
      .request('resize', { stream: this.#stream, ...size })
      .catch((error: unknown) => this.log.warn(`resize: ${messageOf(error)}`));
  }
}

function bounded({ columns, rows }: vscode.TerminalDimensions): TerminalSize {
  const within = (value: number) => Math.min(1000, Math.max(1, Math.floor(value)));
  return { cols: within(columns), rows: within(rows) };
}
