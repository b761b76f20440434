/**
 * The helper's side of a pseudo-terminal in a container's own devpts, which terminal.js holds
 * (terminalHolder.ts). Made by startSession.ts for each session of a container that has a devpts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { PseudoTerminal, TerminalSize } from '../console/Pty';
import { HolderWord, type TerminalWord, holderFds } from '../terminalHolder';
import type { Devpts } from './openDevpts';

/** How much of what programs of the host say is kept, in characters. */
const maxSaid = 2000;

/** How the first of a session's programs ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set where this is the end of the holder, which came before the program's. */
  readonly holder?: true;
}

export class TerminalInside implements PseudoTerminal {
  readonly stream: Duplex;
  private readonly words: Socket;

  private constructor(
    child: ChildProcess,
    /** PIDs of the holder and of the session's first program, both leaders of a session. */
    readonly pids: readonly number[],
    /** Never rejects. */
    readonly ended: Promise<ProgramEnd>,
    /** The end of what the session's programs of the host have said until now. */
    readonly said: () => string,
  ) {
    this.stream = socketOf(child, holderFds.bytes);
    this.words = socketOf(child, holderFds.words);
  }

  /**
   * @param argv a command that makes the holder's namespace, ends with the holder's own words
   * @throws Error with what the holder said where it could not open a terminal
   */
  static async open(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    { folder, ptmx }: Devpts,
    size: TerminalSize,
  ): Promise<TerminalInside> {
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: '/',
      env,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', ptmx.fd, folder.fd],
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-maxSaid);
    });
    const words = socketOf(child, holderFds.words);
    for (const stream of [child.stderr!, words, socketOf(child, holderFds.bytes)])
      stream.on('error', () => undefined); // it closes too, and `ended` says why
    let end: (end: ProgramEnd) => void;
    const ended = new Promise<ProgramEnd>((resolve) => (end = resolve));
    const first = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => reject(new Error(said.trim() || 'its process ended')));
      child.once('exit', (code, signal) => end({ code, signal, holder: true }));
      const lines = createInterface({ input: words });
      lines.on('error', () => undefined); // the socket's own, passed on: nobody's error would end the helper
      lines.on('line', (line) => {
        const word = HolderWord.parse(JSON.parse(line));
        if ('opened' in word) resolve(word.opened);
        else end(word);
      });
      tell(words, size);
    });
    return new TerminalInside(child, [child.pid!, first], ended, () => said);
  }

  /** The holder has closed its own. */
  closeSlave(): void {
    return;
  }

  resize(size: TerminalSize): void {
    if (!this.words.destroyed) tell(this.words, size);
  }

  /** Hangs the terminal up, by the holder's end. */
  dispose(): void {
    this.stream.destroy();
    this.words.destroy();
  }
}

function tell(words: Socket, { cols, rows }: TerminalSize): void {
  const word: TerminalWord = { cols, rows };
  words.write(`${JSON.stringify(word)}\n`);
}

function socketOf(child: ChildProcess, index: number): Socket {
  return child.stdio[index] as Socket;
}
