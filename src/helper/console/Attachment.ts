/** One client's socket on a console. Made by Console.ts. */
import type { Duplex } from 'node:stream';
import type { TerminalSize } from './pty/Pty';

/** The terminal at the other end. */
export interface Viewer {
  /** Chosen by itself. */
  readonly name?: string | undefined;
  /** How many bytes it takes before it says that it has drawn some; without one the socket's back-pressure is all. */
  readonly window?: number | undefined;
}

export class Attachment {
  /** Since when its socket or its window takes no more, in milliseconds of `now`; undefined while they do. */
  fullSince: number | undefined;
  /** What may still be written until it has drawn some, in bytes. Not above 0: nothing more is read for it. */
  private window: number;
  /** What arrived while the screen is being serialized for it; undefined once it is live. */
  private waiting: Buffer[] | undefined = [];

  constructor(
    private readonly socket: Duplex,
    on: {
      input(chunk: Buffer): void;
      drained(): void;
      gone(): void;
    },
    private readonly now: () => number,
    /** Of its terminal. */
    public size: TerminalSize,
    readonly viewer: Viewer = {},
  ) {
    this.window = viewer.window ?? Infinity;
    socket.on('data', (chunk: Buffer) => on.input(chunk));
    socket.on('drain', () => {
      this.update();
      on.drained();
    });
    socket.on('error', () => socket.destroy()); // a client that dies is an ordinary end
    socket.on('close', () => on.gone());
    socket.on('end', () => socket.end());
    socket.resume();
  }

  /** False until it has got the screen. */
  get isLive(): boolean {
    return this.waiting === undefined;
  }

  /** The screen as it is, and everything since: from here on bytes go straight through. */
  goLive(screen: Buffer): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    this.write(screen);
    for (const chunk of waiting) this.write(chunk);
  }

  write(chunk: Buffer): void {
    if (this.waiting) {
      this.waiting.push(chunk);
    } else if (chunk.length > 0 && this.socket.writable) {
      this.window -= chunk.length;
      this.socket.write(chunk);
      this.update();
    }
  }

  /** Its terminal has drawn so many bytes more, so it is not stuck. */
  adjustWindow(bytes: number): void {
    this.window += bytes;
    this.fullSince = undefined;
    this.update();
  }

  /** Delivers what is queued, then ends the stream. */
  end(): void {
    this.socket.end();
  }

  /** At once, with whatever is queued. */
  detach(): void {
    this.socket.destroy();
  }

  private update(): void {
    if (this.window > 0 && !this.socket.writableNeedDrain) this.fullSince = undefined;
    else this.fullSince ??= this.now();
  }
}
