/**
 * The helper's side of a pseudo-terminal in another devpts than the machine's, which terminal.js holds
 * (terminalHolder.ts): the container's own for a session (Session.ts), a new one for the console of an
 * init (ownConsole.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { PseudoTerminal, TerminalSize } from '../../console/pty/Pty';
import { HolderWord, type TerminalWord, holderFds } from '../../console/terminalHolder';
import { withoutStreams } from '../../host/withoutStreams';
import type { Devpts } from './openDevpts';

/** How much output of the host programs is kept, in characters. */
const maxSaid = 2000;

/** How the first of a session's programs ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set where the holder ended before the program. */
  readonly holder?: true;
}

type Opened = Extract<HolderWord, { opened: number }>;

export class HeldTerminal implements PseudoTerminal {
  readonly stream: Duplex;
  private readonly words: Socket;

  private constructor(
    private readonly child: ChildProcess,
    /** The holder's message once it had the terminal. */
    private readonly opened: Opened,
    /** Never rejects. */
    readonly ended: Promise<ProgramEnd>,
    /** The tail of the host programs' output so far. */
    readonly said: () => string,
  ) {
    this.stream = socketOf(child, holderFds.bytes);
    this.words = socketOf(child, holderFds.words);
  }

  /**
   * @param argv a command that makes the holder's namespace, ends with the holder's own words
   * @param devpts where the terminal is made; that of the holder's namespace unless given
   * @throws Error with the holder's message where it could not open a terminal
   */
  static async open(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    size: TerminalSize,
    devpts?: Devpts,
  ): Promise<HeldTerminal> {
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: '/',
      env,
      detached: true,
      stdio: [
        ...(['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] as const),
        ...(devpts ? [devpts.ptmx.fd, devpts.folder.fd] : []),
      ],
    });
    const missing = withoutStreams(child);
    if (missing) return await missing;
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-maxSaid);
    });
    const words = socketOf(child, holderFds.words);
    for (const stream of [child.stderr!, words, socketOf(child, holderFds.bytes)])
      stream.on('error', () => undefined); // it closes too, and `ended` says why
    let end: (end: ProgramEnd) => void;
    const ended = new Promise<ProgramEnd>((resolve) => (end = resolve));
    const opened = await new Promise<Opened>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => reject(new Error(said.trim() || 'its process ended')));
      child.once('exit', (code, signal) => end({ code, signal, holder: true }));
      const lines = createInterface({ input: words });
      lines.on('error', () => undefined); // the socket's error again: unhandled it would end the helper
      lines.on('line', (line) => {
        const word = HolderWord.parse(JSON.parse(line));
        if ('opened' in word) resolve(word);
        else end(word);
      });
      tell(words, sizeWord(size));
    });
    return new HeldTerminal(child, opened, ended, () => said);
  }

  /** PIDs of the holder and, of a session, of its first program: both leaders of a session. */
  get pids(): readonly number[] {
    const [holder, first] = [this.child.pid!, this.opened.opened];
    return first === holder ? [holder] : [holder, first];
  }

  /** The slave's path as the holder sees it; set where no program was to be started on it. */
  get tty(): string | undefined {
    return this.opened.tty;
  }

  /** Of a session's the holder has closed it already. */
  closeSlave(): void {
    if (this.tty !== undefined) this.tell({ closeSlave: true });
  }

  resize(size: TerminalSize): void {
    this.tell(sizeWord(size));
  }

  taken(bytes: number): void {
    this.tell({ taken: bytes });
  }

  /** Hangs the terminal up, by the holder's end. */
  dispose(): void {
    this.stream.destroy();
    this.words.destroy();
  }

  private tell(word: TerminalWord): void {
    if (!this.words.destroyed) tell(this.words, word);
  }
}

function tell(words: Socket, word: TerminalWord): void {
  words.write(`${JSON.stringify(word)}\n`);
}

function sizeWord({ cols, rows }: TerminalSize): TerminalWord {
  return { cols, rows };
}

function socketOf(child: ChildProcess, index: number): Socket {
  return child.stdio[index] as Socket;
}
