/**
 * What a console shows, for clients that attach later. Short output is kept and repeated; longer output is
 * parsed in a thread (screenThread.ts), which costs about 9 MB. Used by Console.ts.
 */
import { Worker } from 'node:worker_threads';
import type { TerminalSize } from './pty/Pty';
import type { ScreenAnswer, ScreenRequest, ScreenStart } from './screenThread';

/** Output that is kept as it came, in bytes. */
const maxHistory = 64 * 1024;
/** Bytes that go to the thread at once: the next go when these are on the screen. */
const maxMessage = 64 * 1024;
/** A thread that takes longer for one message is given up, in milliseconds. */
const stuckMs = 60_000;
/** Of the thread's heap, in MiB: 1,048,576 cells with a combining mark each fit. */
const maxHeap = 256;

export interface RememberedScreenOptions {
  /** The program whose thread it is: dist/helper.js. */
  readonly program: string;
  /** Output was parsed, or given up. */
  onProgress(): void;
}

type Waiting = (screen: Buffer) => void;

export class RememberedScreen {
  /** Bytes given to the thread that are not on its screen yet. */
  unparsed = 0;
  private history: (Buffer | TerminalSize)[] = [];
  /** When its first output came. */
  private firstSize: TerminalSize;
  private kept = 0;
  /** Repeating it would ask a question again, ring again, or break lines for another width. */
  private repeatable = true;
  private thread: Worker | undefined;
  private queue: (Buffer | TerminalSize | number)[] = [];
  private readonly snapshots = new Map<number, Waiting>();
  private lastSnapshot = 0;
  private watchdog: NodeJS.Timeout | undefined;
  private inFlight = false;
  private disposed = false;

  constructor(
    private size: TerminalSize,
    private readonly options: RememberedScreenOptions,
  ) {
    this.firstSize = size;
  }

  /** @param repeatable false where a terminal answers something in it, or makes a sound */
  write(chunk: Buffer, repeatable: boolean): void {
    if (chunk.length === 0 || this.disposed) return;
    this.repeatable &&= repeatable;
    if (this.thread) return this.send(chunk);
    this.history.push(Buffer.from(chunk));
    this.kept += chunk.length;
    if (this.kept > maxHistory) this.startThread();
  }

  /**
   * The bytes that bring an empty terminal to this state: that of all that was written before this call
   * and of nothing that comes after it.
   */
  snapshot(done: Waiting): void {
    if (!this.thread && this.repeatable) return done(Buffer.concat(this.history as Buffer[]));
    const number = ++this.lastSnapshot;
    this.snapshots.set(number, done);
    if (!this.thread) this.startThread();
    this.send(number);
  }

  resize(size: TerminalSize): void {
    if (size.cols === this.size.cols && size.rows === this.size.rows) return;
    this.size = size;
    if (this.thread) return this.send(size);
    if (this.kept === 0) {
      this.firstSize = size;
      return;
    }
    this.history.push(size);
    this.repeatable = false;
  }

  dispose(): void {
    this.disposed = true;
    this.endThread();
    this.snapshots.clear();
    this.history = [];
  }

  private startThread(): void {
    const { history, firstSize } = this;
    this.history = [];
    this.kept = 0;
    const start: ScreenStart = { role: 'screen', size: firstSize };
    const thread = new Worker(this.options.program, {
      ...{ workerData: start, env: {}, stdin: false },
      resourceLimits: { maxOldGenerationSizeMb: maxHeap },
    });
    this.thread = thread;
    thread.unref();
    thread.on('message', (answer: ScreenAnswer) => this.take(thread, answer));
    thread.on('error', (error) => this.lose(thread, error.message));
    thread.once('exit', () => this.lose(thread, 'its thread ended'));
    for (const one of history) this.send(one);
  }

  private send(item: Buffer | TerminalSize | number): void {
    if (Buffer.isBuffer(item)) this.unparsed += item.length;
    this.queue.push(item);
    this.flush();
  }

  /** In order, and one piece of output at a time. */
  private flush(): void {
    const { thread, queue } = this;
    while (thread && queue.length > 0 && !this.inFlight) {
      const item = queue[0]!;
      const post = (request: ScreenRequest) => thread.postMessage(request);
      if (typeof item === 'number') post({ snapshot: item });
      else if (!Buffer.isBuffer(item)) post({ resize: item });
      else {
        const write = this.takeOutput();
        thread.postMessage({ write } satisfies ScreenRequest, [write.buffer]);
        this.inFlight = true;
        this.watchdog = setTimeout(() => this.lose(thread, 'it took too long'), stuckMs).unref();
        return;
      }
      queue.shift();
    }
  }

  /** In memory of its own: it goes to the thread as it is. */
  private takeOutput(): Uint8Array<ArrayBuffer> {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < maxMessage && Buffer.isBuffer(this.queue[0])) {
      const part = this.queue.shift() as Buffer;
      parts.push(part);
      length += part.length;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  private take(thread: Worker, answer: ScreenAnswer): void {
    if (thread !== this.thread) return;
    if ('parsed' in answer) {
      clearTimeout(this.watchdog);
      this.inFlight = false;
      this.unparsed -= answer.parsed;
      this.flush();
      this.options.onProgress();
    } else {
      const done = this.snapshots.get(answer.snapshot);
      this.snapshots.delete(answer.snapshot);
      done?.(Buffer.from(answer.screen.buffer, answer.screen.byteOffset, answer.screen.length));
    }
  }

  /** The thread is gone, and the screen with it: it begins anew, and says so. */
  private lose(thread: Worker, reason: string): void {
    if (thread !== this.thread || this.disposed) return;
    const output = this.queue.filter((one): one is Buffer => Buffer.isBuffer(one));
    this.endThread();
    const notice = `\x1b[2m# What stood here could not be kept: ${reason}.\x1b[0m\r\n`;
    this.history = [Buffer.from(notice)];
    this.kept = notice.length;
    this.firstSize = this.size;
    this.repeatable = true;
    const waiting = [...this.snapshots.values()];
    this.snapshots.clear();
    for (const done of waiting) done(Buffer.concat([...this.history, ...output] as Buffer[]));
    for (const chunk of output) this.write(chunk, false);
    this.options.onProgress();
  }

  private endThread(): void {
    const { thread } = this;
    this.thread = undefined;
    this.queue = [];
    this.unparsed = 0;
    this.inFlight = false;
    clearTimeout(this.watchdog);
    void thread?.terminate();
  }
}
