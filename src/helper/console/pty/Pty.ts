/** A pseudo-terminal without a process (pty(7)). Used by `run` on a terminal and by every Console. */
import { closeSync, constants, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { nativePty } from './nativePty';
import { PtyStream } from './PtyStream';

/** In character cells. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** The master's side, in this process or in terminal.js. */
export interface PseudoTerminal {
  readonly stream: Duplex;
  closeSlave(): void;
  resize(size: TerminalSize): void;
  /** To be told how much of the output has been taken from `stream`, where another process reads the master. */
  taken?(bytes: number): void;
  dispose(): void;
}

/** A terminal for PID 1. */
export interface ConsoleTerminal extends PseudoTerminal {
  /** Path of the slave where a child of ours sees it: `/dev/pts/3`. */
  readonly path: string;
  /** The same where this process sees it. */
  readonly place: string;
  /** Words before the child's command that bring it where `path` is. */
  readonly enter: readonly string[];
}

/** A terminal whose child opens the slave itself. */
export class PtyMaster implements PseudoTerminal {
  /** The master. It ends when the last process has closed the slave. */
  readonly stream: PtyStream;

  /** @param master its descriptor, which this closes */
  constructor(private readonly master: number) {
    this.stream = new PtyStream(master);
  }

  closeSlave(): void {
    // the child's alone
  }

  /** Tells the foreground process by SIGWINCH (ioctl_tty(2), TIOCSWINSZ). */
  resize({ cols, rows }: TerminalSize): void {
    if (!this.stream.destroyed) nativePty().resize(this.master, cols, rows, 0, 0);
  }

  /** The terminal's session gets SIGHUP. */
  dispose(): void {
    this.closeSlave();
    this.stream.destroy();
  }
}

/** One whose slave is held as well, until the child has it open. */
export class Pty extends PtyMaster implements ConsoleTerminal {
  readonly path: string;
  readonly enter = [];
  private slave: number | undefined;

  /** @throws Error where the machine has no pseudo-terminal left (/proc/sys/kernel/pty/max). */
  constructor(size: TerminalSize) {
    const { master, slave, pty } = nativePty().open(size.cols, size.rows);
    super(master);
    this.path = pty;
    // While we hold the slave the master does not report its end. Opened anew because Node's own
    // descriptors are close-on-exec and native ones are not.
    this.slave = openSync(pty, constants.O_RDWR | constants.O_NOCTTY);
    closeSync(slave);
  }

  get place(): string {
    return this.path;
  }

  /** The slave, for a child that is to inherit it without making it its controlling terminal. */
  get slaveDescriptor(): number | undefined {
    return this.slave;
  }

  /** To be called once the child has the slave open: from then on its end is the terminal's end. */
  override closeSlave(): void {
    if (this.slave === undefined) return;
    closeSync(this.slave);
    this.slave = undefined;
  }
}
