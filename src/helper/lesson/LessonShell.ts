/**
 * The shell of one lesson, and the shells that it starts, on one terminal that a person sees and types into
 * as well. Cells are typed there line by line; marks in the prompts tell when a line has ended and how. Made
 * by the server for each lesson.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TerrariumError } from '../../core/errors';
import type { LessonRun, TypedLine } from '../../protocol/lesson';
import type { TerminalSize } from '../console/pty/Pty';
import { onTerminal } from '../console/pty/onTerminal';
import { findTool } from '../host/hostTools';
import { asksForPassword } from './asksForPassword';
import { CommandOutput } from './CommandOutput';
import { frontProcess } from './frontProcess';
import { interactiveShell } from './interactiveShell';
import type { Mark } from './MarkParser';
import { MarkedTerminal } from './MarkedTerminal';
import { shellSetup, typedKeys } from './shellSetup';
import { Stillness, lookEveryMs, untilStill } from './stillness';

/** How often an end is asked for in the middle of a command. */
const endings = 5;

/** A shell that has the marks. */
interface KnownShell {
  readonly number: number;
  readonly pid: number;
  readonly name: string;
}

/** How a line ended. */
type LineEnd =
  | { readonly kind: 'status'; readonly status: number | undefined }
  | {
      readonly kind: 'more' | 'entered' | 'over';
    };

export interface LessonShellOptions {
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  readonly size: TerminalSize;
  /** Told the program that waits for somebody to type, as sudo for a password. */
  readonly onWaiting: (program: string) => void;
}

export class LessonShell {
  readonly terminal: MarkedTerminal;
  /** Resolves with the exit status, or 128 and the number of the signal; never rejects. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  readonly #nonce = randomBytes(8).toString('hex');
  readonly #onWaiting: (program: string) => void;
  /** The innermost last. */
  #shells: KnownShell[] = [];
  #setups = 0;
  /** Shells that did not take the set-up, by PID and name. */
  readonly #refused = new Set<string>();
  #atPrompt = false;
  #over = false;
  #interrupted = false;
  #running = false;
  #status: number | undefined;
  /** The shell has said that the output of the line begins. */
  #hasBegun = false;
  #output = new CommandOutput();
  #onLineEnd: ((end: LineEnd) => void) | undefined;
  #onSetUp: { readonly number: number; readonly done: () => void } | undefined;

  /** @throws TerrariumError `tool-missing` where the machine has no bash */
  constructor({ cwd, size, onWaiting }: LessonShellOptions) {
    const bash = findTool('bash');
    if (!bash)
      throw new TerrariumError(
        'tool-missing',
        'This machine has no bash, in which lessons run.',
        'Install the package bash.',
      );
    this.#onWaiting = onWaiting;
    this.terminal = new MarkedTerminal(size, this.#nonce, {
      onText: (text) => this.#output.add(text),
      onMark: (mark) => this.#take(mark),
    });
    this.terminal.hide();
    const [program, ...args] = onTerminal(this.terminal.path, [bash, '--norc', '--noprofile']);
    this.#child = spawn(program, args, {
      cwd,
      env: {
        ...process.env,
        TERM: 'xterm-256color',
        HISTFILE: '',
        ELECTRON_RUN_AS_NODE: undefined,
      },
      detached: true,
      stdio: 'ignore',
    });
    this.ended = new Promise((resolve) => {
      const over = (status: number) => {
        this.#over = true;
        this.terminal.closeSlave();
        this.#onLineEnd?.({ kind: 'over' });
        resolve(status);
      };
      this.#child.once('error', () => over(127));
      this.#child.once('exit', (code, signal) => over(code ?? (signal ? 128 : 1)));
    });
  }

  /** The process in front, as this helper's /proc counts it. @throws TerrariumError `lesson-over` */
  async front(): Promise<number> {
    await this.#ready();
    return frontProcess(this.#pid);
  }

  /**
   * Types the lines one after the other, each when the one before has ended or its shell asks for more.
   * @throws TerrariumError `lesson-over`, `lesson-busy`
   */
  async run(lines: readonly string[]): Promise<LessonRun> {
    if (this.#running) throw busy();
    this.#running = true;
    this.#interrupted = false;
    try {
      await this.#ready();
      this.#output = new CommandOutput();
      const typed: TypedLine[] = [];
      for (const line of lines) {
        const end = await this.#type(line);
        typed.push({
          ...(end.kind === 'status' && end.status !== undefined && { status: end.status }),
          end: end.kind,
        });
        if (end.kind === 'over' || this.#interrupted) break;
      }
      if (typed.at(-1)?.end === 'more') await this.#giveUp();
      return { lines: typed, output: this.#output.text, isCut: this.#output.isCut };
    } finally {
      this.#running = false;
    }
  }

  /** In the middle of a command: the next cell begins at a prompt. A shell that prepares to read may miss a Ctrl+C. */
  async #giveUp(): Promise<void> {
    for (let tries = 0; tries < endings; tries++) {
      this.terminal.type('\x03');
      for (let looks = 0; looks < 10; looks++) {
        await delay(lookEveryMs);
        if (this.#atPrompt || this.#over) return;
      }
    }
  }

  /** As Ctrl+C: ends what runs, and no further line is typed. */
  interrupt(): void {
    this.#interrupted = true;
    this.terminal.type('\x03');
  }

  /** Hangs up the terminal; what ignores that has no terminal any more. */
  dispose(): void {
    this.terminal.dispose();
    if (!this.#over) this.#child.kill('SIGHUP');
  }

  get #pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws TerrariumError `lesson-over`, `lesson-busy` */
  async #ready(): Promise<void> {
    for (const stillness = new Stillness(); !this.#over;) {
      // Somebody may have started another one by hand.
      await this.#setUpFront();
      if (this.#atPrompt && this.#shells.length > 0) return;
      if (await stillness.isStill(await frontProcess(this.#pid))) throw busy();
      await delay(lookEveryMs);
    }
    throw lessonOver();
  }

  async #type(line: string): Promise<LineEnd> {
    const { name } = this.#shells.at(-1)!;
    const ended = new Promise<LineEnd>((resolve) => (this.#onLineEnd = resolve));
    this.#atPrompt = false;
    this.#status = undefined;
    this.#hasBegun = false;
    this.#output.begin();
    this.terminal.type(typedKeys(name, line));
    const watch = new AbortController();
    const watched = this.#watch(watch.signal);
    const end = await ended;
    watch.abort();
    await watched;
    this.#onLineEnd = undefined;
    if (end.kind === 'more') this.#output.dropEcho();
    else if (!this.#hasBegun) this.#output.dropFirstLine();
    if (end.kind === 'entered') this.#output.dropLastLine();
    return end;
  }

  /** Until the line has ended: looks for a further shell, and for what waits for a password. */
  async #watch(signal: AbortSignal): Promise<void> {
    let told: number | undefined;
    let before: number | undefined;
    while (!signal.aborted && !this.#over) {
      const pid = await frontProcess(this.#pid);
      if (signal.aborted) return;
      if (await this.#setUpFront(pid)) return this.#onLineEnd?.({ kind: 'entered' });
      // Twice in a row: one that needs no password starts its program at once.
      const program = pid === before && pid !== told ? await asksForPassword(pid) : undefined;
      if (program !== undefined) {
        told = pid;
        this.#onWaiting(program);
      }
      before = pid;
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined); // the line has ended
    }
  }

  /**
   * Sets up the shell in front, where that is one without marks.
   * @returns whether it has them now
   */
  async #setUpFront(pid?: number): Promise<boolean> {
    const front = pid ?? (await frontProcess(this.#pid));
    const name = await interactiveShell(front);
    const isKnown = this.#shells.some((one) => one.pid === front && one.name === name);
    if (name === undefined || isKnown || this.#refused.has(`${front} ${name}`)) return false;
    const number = ++this.#setups;
    const isOver = new AbortController();
    const done = new Promise<boolean>((resolve) => {
      this.#onSetUp = { number, done: () => resolve(true) };
      // Who cannot be looked at is not waited for.
      const isOverdue = () => resolve(false);
      void untilStill(() => frontProcess(this.#pid), isOver.signal).then(isOverdue, isOverdue);
    });
    this.terminal.hide();
    this.#output.pause();
    this.terminal.type(`${shellSetup(name, { nonce: this.#nonce, shell: number })}\r`);
    const isSetUp = await done;
    isOver.abort();
    this.terminal.reveal();
    this.#onSetUp = undefined;
    if (isSetUp) this.#shells.push({ number, pid: front, name });
    else {
      this.#refused.add(`${front} ${name}`);
      this.#output.resume();
    }
    return isSetUp;
  }

  #take({ shell, kind, status }: Mark): void {
    const setUp = this.#onSetUp;
    if (setUp?.number === shell) {
      // What comes from here on is its prompt, in the place of the one that stands there already.
      if (kind === 'status') this.terminal.reveal('\r\x1b[K');
      if (kind === 'prompt') {
        this.#atPrompt = true;
        setUp.done();
      }
      return;
    }
    // A shell that prompts is in front again: those that it started have ended.
    const at = this.#shells.findIndex(({ number }) => number === shell);
    if (at < 0) return;
    this.#shells = this.#shells.slice(0, at + 1);
    if (kind === 'output') {
      this.#atPrompt = false;
      this.#hasBegun = true;
      this.#output.dropEcho();
    } else if (kind === 'status') {
      this.#status = status;
      this.#output.end();
    } else if (kind === 'more') this.#onLineEnd?.({ kind: 'more' });
    else this.#prompted();
  }

  #prompted(): void {
    if (this.#atPrompt) return; // drawn once more
    this.#atPrompt = true;
    this.#onLineEnd?.({ kind: 'status', status: this.#status });
  }
}

export function lessonOver(): TerrariumError {
  return new TerrariumError(
    'lesson-over',
    'The shell of this lesson has ended.',
    'Run the cell again: a new one begins in the folder of the lesson.',
  );
}

function busy(): TerrariumError {
  return new TerrariumError(
    'lesson-busy',
    'A command still runs in the terminal of this lesson.',
    'Wait for its end, or end it there with Ctrl+C.',
  );
}
