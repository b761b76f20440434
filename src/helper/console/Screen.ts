/** A terminal without a window: what a console shows, with its scrollback. Used by Console.ts. */
import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import type { TerminalSize } from './Pty';
import { maxTailBytes, unfinishedTail } from './unfinishedTail';

/** Lines kept above the visible ones. */
const scrollback = 5000;

export class Screen {
  private readonly terminal: Terminal;
  private readonly serializer = new SerializeAddon();
  private recent = Buffer.alloc(0);
  /** Bytes given to the terminal that it has not parsed yet. */
  unparsed = 0;

  constructor(size: TerminalSize) {
    this.terminal = new Terminal({ ...size, scrollback, allowProposedApi: true });
    // Its answers to queries (onData) go nowhere: the attached terminal answers, once.
    this.terminal.loadAddon(this.serializer);
  }

  /** @param parsed called when everything up to here is on the screen */
  write(chunk: Buffer, parsed?: () => void): void {
    this.unparsed += chunk.length;
    this.recent = Buffer.concat([this.recent, chunk]).subarray(-maxTailBytes);
    this.terminal.write(chunk, () => {
      this.unparsed -= chunk.length;
      parsed?.();
    });
  }

  /**
   * The bytes that bring an empty terminal to this state. `done` is called in the very turn in which
   * the terminal has parsed all that was written before this call and nothing that comes after it.
   */
  snapshot(done: (screen: Buffer) => void): void {
    const tail = Buffer.from(unfinishedTail(this.recent));
    this.terminal.write('', () =>
      done(Buffer.concat([Buffer.from(this.serializer.serialize()), tail])),
    );
  }

  resize({ cols, rows }: TerminalSize): void {
    this.terminal.resize(cols, rows);
  }

  dispose(): void {
    this.terminal.dispose();
  }
}
