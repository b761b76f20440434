/** The master of a pseudo-terminal as a Duplex of raw bytes. Made by Pty.ts. */
import { readSync, write } from 'node:fs';
import { Duplex } from 'node:stream';
import { ReadStream } from 'node:tty';

/** Milliseconds between two tries to write to a terminal whose input queue is full. */
const retryAfter = 10;

/** Bytes that are read before anybody takes them: Ctrl+C waits for all that has been read, and the kernel drops the rest. */
const readAhead = 4 * 1024;

export class PtyStream extends Duplex {
  private readonly reader: ReadStream;
  private retry?: NodeJS.Timeout;

  constructor(private readonly master: number) {
    super({ allowHalfOpen: true, highWaterMark: readAhead });
    this.reader = new ReadStream(master);
    this.reader.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.reader.pause();
    });
    // EIO is how the kernel says that the last process has closed the slave: the end of the output.
    this.reader.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EIO') return this.destroy(error);
      this.takeBuffered();
      return this.finish();
    });
    this.reader.on('end', () => {
      this.readRest();
      this.finish();
    });
    this.reader.on('close', () => this.finish());
    this.reader.pause();
  }

  override _read(): void {
    this.reader.resume();
  }

  /**
   * Not through the ReadStream: libuv writes to a master in a busy loop, so a container that does
   * not read pasted text would block the whole helper.
   */
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.reader.destroyed) return done(); // the descriptor may be reused by now
    write(this.master, chunk, (error, written) => {
      if (error?.code === 'EAGAIN') {
        this.retry = setTimeout(() => this._write(chunk, _encoding, done), retryAfter);
      } else if (error) {
        done(error.code === 'EIO' || error.code === 'EBADF' ? null : error);
      } else if (written < chunk.length) {
        this._write(chunk.subarray(written), _encoding, done);
      } else {
        done();
      }
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.retry);
    this.reader.destroy(); // closes the master
    done(error);
  }

  /** A paused ReadStream still reads into its own buffer: takes the rest from there. */
  private takeBuffered(): void {
    for (;;) {
      const chunk = this.reader.read() as Buffer | null;
      if (chunk === null) return;
      this.push(chunk);
    }
  }

  /**
   * libuv reports the end of a stream when poll(2) says POLLHUP after a short read, and reads from a
   * master are always short (4095 bytes): the last screenfuls would be lost. No process has the slave
   * open, so the kernel's buffer bounds this; the descriptor does not block.
   */
  private readRest(): void {
    const buffer = Buffer.alloc(64 * 1024);
    try {
      for (;;) {
        const length = readSync(this.master, buffer);
        if (length === 0) return;
        this.push(Buffer.from(buffer.subarray(0, length)));
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EIO' && code !== 'EAGAIN') this.destroy(error as Error);
    }
  }

  /** Everything that was read is still delivered; then `end` and `close`. */
  private finish(): void {
    if (this.destroyed || this.readableEnded) return;
    this.push(null);
    this.once('end', () => this.destroy());
  }
}
