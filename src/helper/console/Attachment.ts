/** One client's socket on a console. Made by Console.ts. */
import type { Duplex } from 'node:stream';
import type { TerminalSize } from './pty/Pty';

export class Attachment {
  /** Since when its socket takes no more, in milliseconds of `now`; undefined while it does. */
  fullSince: number | undefined;
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
    readonly viewer?: string,
  ) {
    socket.on('data', (chunk: Buffer) => on.input(chunk));
    socket.on('drain', () => {
      this.fullSince = undefined;
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
    } else if (chunk.length > 0 && this.socket.writable && !this.socket.write(chunk)) {
      this.fullSince ??= this.now();
    }
  }

  /** Delivers what is queued, then ends the stream. */
  end(): void {
    this.socket.end();
  }

  /** At once, with whatever is queued. */
  detach(): void {
    this.socket.destroy();
  }
}
