/**
 * The terminal of a container's PID 1, or of a session: one pseudo-terminal, a screen that remembers,
 * and any number of clients that come and go. Made by the server for each start and each session.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { wrapWords } from '../../core/text/wrapWords';
import { Attachment, type Viewer } from './Attachment';
import { OutputFilter } from './filter/OutputFilter';
import { type ConsoleTerminal, type PseudoTerminal, Pty, type TerminalSize } from './pty/Pty';
import { RememberedScreen } from './RememberedScreen';

/** A terminal rings at it. */
const BEL = 0x07;
/** Output is not read while the screen is behind by more than this many bytes. */
const maxUnparsed = 256 * 1024;
/** How long one client's full socket may hold up the others, in milliseconds. */
const stuckAfter = 5000;
/** At the end: how long nothing may come before it counts as all, in milliseconds. */
const lastOutputWithin = 1000;
/** Limit for the last output, in bytes. The kernel buffers less; leftover processes may write on. */
const maxLastOutput = 1024 * 1024;
/** How much of the newest output is kept as it came, in bytes: a last line of a program of the host's. */
const lastWordsBytes = 256;

export class Console {
  private readonly filter: OutputFilter;
  private readonly screen: RememberedScreen;
  private readonly attachments = new Set<Attachment>();
  /** The one whose size counts: it attached or typed last. */
  private active: Attachment | undefined;
  private watchdog?: NodeJS.Timeout;
  private size: TerminalSize;
  private shown = 0;
  private last = Buffer.alloc(0);
  private ending = false;
  private over = false;

  constructor(
    size: TerminalSize,
    private readonly now: () => number = Date.now,
    /** dist/helper.js: the program of this process, as of its threads. */
    program = process.argv[1]!,
    private pty: PseudoTerminal = new Pty(size),
  ) {
    this.size = size;
    this.filter = new OutputFilter(size);
    this.screen = new RememberedScreen(size, { program, onProgress: () => this.balance() });
    this.listen();
  }

  /** The terminal of PID 1. @throws Error where it is a session's */
  get terminal(): ConsoleTerminal {
    if ('place' in this.pty) return this.pty as ConsoleTerminal;
    throw new Error('this terminal has no name on the host');
  }

  /**
   * To be called before any child has the old one, which stays where there is no new one.
   * @param open is told the present size
   */
  async moveTo(open: (size: TerminalSize) => Promise<PseudoTerminal | undefined>): Promise<void> {
    const pty = await open(this.size);
    if (!pty) return;
    this.pty.dispose();
    this.pty = pty;
    this.listen();
    this.pty.resize(this.size); // it may have changed meanwhile
    this.balance();
    if (this.ending) this.pty.dispose();
  }

  /** The end of all output until now. */
  get outputTail(): string {
    return this.last.toString('latin1');
  }

  /** How many clients look at it. */
  get attached(): number {
    return this.attachments.size;
  }

  /** To be called once the child has the terminal open. */
  childHasTerminal(): void {
    this.pty.closeSlave();
  }

  /** Writes the whole state, then live bytes, without a gap or a repetition. The newest size counts. */
  attach(socket: Duplex, size: TerminalSize, viewer: Viewer = {}): void {
    const attachment: Attachment = new Attachment(
      socket,
      {
        input: (chunk) => {
          this.follow(attachment);
          this.input(chunk, socket);
        },
        drained: () => this.balance(),
        gone: () => {
          this.attachments.delete(attachment);
          if (this.active === attachment) this.follow([...this.attachments].at(-1));
          this.balance();
        },
      },
      this.now,
      size,
      viewer,
    );
    this.attachments.add(attachment);
    this.follow(attachment);
    this.screen.snapshot((screen) => {
      attachment.goLive(screen);
      if (this.over) attachment.end();
      this.balance();
    });
  }

  /** @param viewer whose terminal has drawn so many bytes more */
  adjustWindow(viewer: string, bytes: number): void {
    for (const one of this.attachments) if (one.viewer.name === viewer) one.adjustWindow(bytes);
    this.balance();
  }

  /** @param viewer whose terminal has a new size; applied at once if it is the active one */
  resize(size: TerminalSize, viewer?: string): void {
    const one = [...this.attachments].find(({ viewer: { name } }) => name === viewer);
    if (one) one.size = size;
    if (!one || one === this.active) this.apply(size);
  }

  /** A dim line of the helper. `text` must be safe to show (core/text/escapeControlCharacters). */
  writeLine(text: string): void {
    this.write(`\x1b[2m${text}\x1b[0m\r\n`);
  }

  /** A warning of the helper, in the theme's yellow. `text` must be safe to show. */
  warn(text: string): void {
    this.write(`\x1b[33m${wrapWords(text, this.size.cols, '! ')}\x1b[0m\r\n`);
  }

  /** Text of the helper; may have control sequences. */
  write(text: string): void {
    if (!this.over) this.show(Buffer.from(text));
  }

  /** After the last process: lets all output through, then `lastLine`, then ends every stream. */
  async end(lastLine?: string): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    clearTimeout(this.watchdog);
    this.pty.closeSlave();
    await this.lastOutput();
    this.pty.dispose();
    this.show(this.filter.end());
    // A killed program leaves its terminal modes set: a hidden cursor, mouse reports.
    this.write(this.filter.changes.remedy);
    if (lastLine !== undefined) this.writeLine(lastLine);
    this.over = true;
    // Clients that wait for the screen end once they have it.
    for (const attachment of this.attachments) if (attachment.isLive) attachment.end();
  }

  dispose(): void {
    this.ending = this.over = true;
    clearTimeout(this.watchdog);
    for (const attachment of this.attachments) attachment.detach();
    this.pty.dispose();
    this.screen.dispose();
  }

  private listen(): void {
    const { pty } = this;
    const { stream } = pty;
    stream.on('data', (chunk: Buffer) => {
      pty.taken?.(chunk.length);
      this.show(this.filter.write(chunk));
    });
    stream.on('error', () => undefined); // it closes too, and that is what counts
  }

  private follow(attachment: Attachment | undefined): void {
    if (!attachment || this.over || attachment === this.active) return;
    this.active = attachment;
    this.apply(attachment.size);
  }

  private apply(size: TerminalSize): void {
    this.size = size;
    this.pty.resize(size);
    this.filter.resize(size);
    this.screen.resize(size);
  }

  /** Resolves when the last process has closed the terminal, or when leftover processes are quiet. */
  private async lastOutput(): Promise<void> {
    const { stream } = this.pty;
    // The rest is little, so a client's full socket does not delay it.
    stream.resume();
    const shownAtEnd = this.shown;
    while (!stream.closed && this.shown - shownAtEnd < maxLastOutput) {
      const before = this.shown;
      const patience = AbortSignal.timeout(lastOutputWithin);
      await once(stream, 'close', { signal: patience }).catch(() => undefined);
      // Node runs timers before input: this lets it read pending output first.
      await setImmediate();
      await setImmediate();
      if (this.shown === before) return;
    }
  }

  private show(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.shown += chunk.length;
    this.last = Buffer.concat([
      this.last.subarray(-lastWordsBytes),
      chunk.subarray(-lastWordsBytes),
    ]);
    this.screen.write(chunk, !this.filter.changes.asked && !chunk.includes(BEL));
    for (const attachment of this.attachments) attachment.write(chunk);
    this.balance();
  }

  private input(chunk: Buffer, from: Duplex): void {
    if (this.over || this.pty.stream.destroyed || this.pty.stream.write(chunk)) return;
    from.pause();
    this.pty.stream.once('drain', () => from.resume());
  }

  /** The slowest client sets the pace, unless it is stuck while another client waits. */
  private balance(): void {
    if (this.ending) return;
    const full = [...this.attachments].filter(({ fullSince }) => fullSince !== undefined);
    clearTimeout(this.watchdog);
    if (full.length > 0 && full.length < this.attachments.size) {
      const oldest = Math.min(...full.map(({ fullSince }) => fullSince!));
      const left = oldest + stuckAfter - this.now();
      if (left <= 0) {
        const stuck = full.filter(({ fullSince }) => fullSince! + stuckAfter <= this.now());
        for (const attachment of stuck) attachment.detach(); // its `gone` balances again
      } else {
        this.watchdog = setTimeout(() => this.balance(), left);
      }
    }
    if (full.length > 0 || this.screen.unparsed > maxUnparsed) this.pty.stream.pause();
    else this.pty.stream.resume();
  }
}
