/** Every console and session of a helper by its name, also for a while after its end. Used by the server. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TerrariumError } from '../../core/errors';
import type { Notification } from '../../protocol/messages';
import type { Viewer } from '../console/Attachment';
import { Console } from '../console/Console';
import type { PseudoTerminal, TerminalSize } from '../console/pty/Pty';

/** How long an ended console can still be attached to, in milliseconds. */
const keptFor = 60_000;

type Ended = Notification<'streamEnded'>;

/** The exit code as a shell would give it, and a sentence. */
export type StreamEnd = Pick<Ended, 'code' | 'message'>;

export interface OpenStream {
  readonly name: string;
  readonly console: Console;
}

export class Streams {
  private readonly entries = new Map<string, { console: Console; ended?: Ended }>();

  /** @param onEnded notifies every client, and again a client that attaches to an ended console */
  constructor(
    private readonly onEnded: (ended: Ended) => void,
    private readonly keep = keptFor,
  ) {}

  /** @param pty a new one of this machine unless given */
  open(size: TerminalSize, pty?: PseudoTerminal): OpenStream {
    const name = randomBytes(8).toString('hex');
    const console = new Console(size, Date.now, process.argv[1], pty);
    this.entries.set(name, { console });
    return { name, console };
  }

  /** Of one that nobody has been told of. */
  discard({ name, console }: OpenStream): void {
    console.dispose();
    this.entries.delete(name);
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** @throws TerrariumError `stream-missing` */
  attach(name: string, socket: Duplex, size: TerminalSize, viewer?: Viewer): void {
    const { console, ended } = this.entry(name);
    console.attach(socket, size, viewer);
    if (ended) this.onEnded(ended);
  }

  /** @throws TerrariumError `stream-missing` */
  adjustWindow(name: string, viewer: string, bytes: number): void {
    this.entry(name).console.adjustWindow(viewer, bytes);
  }

  /** @throws TerrariumError `stream-missing` */
  resize(name: string, size: TerminalSize, viewer?: string): void {
    this.entry(name).console.resize(size, viewer);
  }

  /**
   * Passes on the last output, then reports the exit.
   * @param how may depend on the terminal's last output
   */
  async end(name: string, how: (outputTail: string) => StreamEnd): Promise<StreamEnd> {
    const entry = this.entry(name);
    await entry.console.end();
    const { code, message } = how(entry.console.outputTail);
    entry.ended = { stream: name, code, message };
    this.onEnded(entry.ended);
    setTimeout(() => {
      entry.console.dispose();
      this.entries.delete(name);
    }, this.keep).unref();
    return entry.ended;
  }

  dispose(): void {
    for (const { console } of this.entries.values()) console.dispose();
    this.entries.clear();
  }

  private entry(name: string) {
    const entry = this.entries.get(name);
    if (entry) return entry;
    throw new TerrariumError(
      'stream-missing',
      'This terminal has ended and its text is no longer kept.',
      'Start the container or open a shell again.',
    );
  }
}
