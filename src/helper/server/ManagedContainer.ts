/** One start of one bundle, from its first step to its end. Made by ContainerRegistry.ts. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { terminalNote } from '../../core/config/unsupported';
import { type Signal, signalName } from '../../core/config/stopSignal';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ContainerExit, ContainerInfo, ContainerState } from '../../protocol/container';
import { bootTime, uptimeMs } from '../host/bootTime';
import type { Console } from '../console/Console';
import type { TerminalSize } from '../console/pty/Pty';
import type { LaunchedContainer, StartAhead } from '../engine/shared/Engine';
import { engineOf } from '../engine/engineOf';
import { ownConsole } from '../engine/shared/ownConsole';
import type { CheckedBundle } from '../engine/shared/StartLooks';
import { startCancelled } from '../engine/shared/startCancelled';
import { untilAborted } from '../engine/shared/untilAborted';
import { ReaderThread } from '../processes/ReaderThread';
import { containerInfo } from './containerInfo';
import type { Journal } from './Journal';
import type { Launcher } from './Launcher';
import { type Leftover, leftoverOf } from '../leftovers/PidRecords';
import { type SessionOf, openSession } from './openSession';
import { PauseControl } from './PauseControl';
import { requireProcfs } from './requireProcfs';
import { RootfsUsers } from './RootfsUsers';
import { Sessions } from './Sessions';
import { StartAnnouncer } from './StartAnnouncer';
import { endShellsBelow } from './endShellsBelow';
import { StepwiseStart, notStepwise } from './StepwiseStart';
import { askToEnd } from './stopSignals';
import type { OpenStream, Streams } from './Streams';

export interface StartHow {
  /** It waits before each step. */
  readonly stepwise?: boolean;
  /** It shows the system calls of each step. */
  readonly calls?: boolean;
  /** What has begun of it; it ends where the start does not go on there. */
  readonly ahead?: StartAhead | undefined;
}

export class ManagedContainer {
  private state: ContainerState = 'starting';
  private launched: LaunchedContainer | undefined;
  /** Folders of its cgroup, while it starts. */
  private making: readonly string[] = [];
  private exit: ContainerExit | undefined;
  private failure: string | undefined;
  private reader: ReaderThread | undefined;
  private readonly consoleName: string;
  private readonly console: Console;
  private readonly announcer: StartAnnouncer;
  private readonly sessions: Sessions;
  private readonly pausing: PauseControl;
  private readonly rootfsUsers: RootfsUsers;
  /** Of a start that waits before each of its steps. */
  private readonly steps: StepwiseStart | undefined;
  private asked = false;
  private readonly cancel = new AbortController();
  /** Since boot, in milliseconds. */
  private readonly startedAt = uptimeMs();
  /** Resolves when PID 1 has ended, or was never made. */
  readonly over: Promise<void>;
  private markOver!: () => void;

  constructor(
    readonly id: string,
    readonly bundle: Bundle,
    stream: OpenStream,
    private readonly launcher: Launcher,
    private readonly streams: Streams,
    private readonly journal: Journal,
    private readonly changed: (container: ManagedContainer) => void,
    /** Records what this helper would leave. */
    private readonly record: () => Promise<void>,
    private readonly how: StartHow = {},
  ) {
    this.consoleName = stream.name;
    this.console = stream.console;
    this.announcer = new StartAnnouncer(this.label, this.console, journal, how.calls);
    this.sessions = new Sessions(this.label, streams, journal, () => {
      if (this.isLive) this.changed(this);
    });
    this.pausing = new PauseControl(bundle, journal, () => this.changed(this));
    this.rootfsUsers = new RootfsUsers(bundle.rootfs, (text) =>
      journal.note('warn', `${this.label}: ${text}`),
    );
    const endShells = () => endShellsBelow(this.steps?.hostPid, this.sessions);
    if (how.stepwise) this.steps = new StepwiseStart(this.label, () => changed(this), endShells);
    this.over = new Promise((resolve) => (this.markOver = resolve));
  }

  /** Aborted by a stop before it runs. */
  get cancelled(): AbortSignal {
    return this.cancel.signal;
  }

  get isLive(): boolean {
    return this.state !== 'stopped';
  }

  /** Host PID of PID 1 while it runs. */
  private get pid(): number | undefined {
    return this.isLive ? (this.launched?.hostPid ?? this.steps?.hostPid) : undefined;
  }

  /** What a helper that is killed now would leave. */
  get leftover(): Leftover | undefined {
    if (!this.isLive) return undefined;
    const { launched } = this;
    return leftoverOf(this.pid, launched ? launched.cgroup?.made : this.making);
  }

  get info(): ContainerInfo {
    const { id, bundle, state, pid, pausing, exit, failure, steps } = this;
    return containerInfo(bundle, {
      ...{ id, state, exit, failure },
      hostPid: pid,
      waitsAt: steps?.waitsAt,
      console: this.consoleName,
      paused: pausing.paused,
      sessions: this.sessions.infos,
      startedAt: Math.round(bootTime() + this.startedAt),
      asked: this.asked,
      warnings: this.announcer.warnings,
    });
  }

  /**
   * @param looking what is being found out for it already
   * @throws TerrariumError of the step that failed; the console shows it too
   */
  async start(looking?: Promise<CheckedBundle>): Promise<void> {
    const onWarning = (text: string) => {
      if (this.announcer.warn(text)) this.changed(this);
      // The console shows errors of a start; the log has later ones.
      if (this.launched) this.journal.note('warn', text);
    };
    const note = terminalNote(this.bundle.config);
    if (note) onWarning(note.message);
    try {
      const [{ looks }, { signal }] = [this.launcher, this.cancel];
      const look = looking?.then(({ lookAround }) => {
        this.how.ahead?.letOn(this.bundle);
        return lookAround();
      });
      const checked = look
        ? untilAborted(look, signal).then(() => undefined)
        : looks.checkCommand(this.bundle, { signal });
      checked.catch(() => undefined); // the launch may fail before it waits for this
      if (engineOf(this.bundle.config).needsOwnConsole(this.bundle))
        await this.console.moveTo((size) => ownConsole(size, onWarning));
      this.launched = await this.launcher.launch(this.bundle, {
        ...{ looks, look, checked },
        terminal: this.console.terminal,
        onStep: (...told) => this.announcer.step(...told),
        tellsCalls: this.how.calls === true,
        ahead: this.how.ahead,
        onWarning,
        onCgroup: (folders) => {
          this.making = folders;
          return this.record();
        },
        signal,
        ...(this.steps ? { steps: this.steps } : {}),
      });
    } catch (error) {
      this.steps?.ended(error);
      this.asked = this.cancel.signal.aborted;
      this.failure = messageOf(error);
      this.announcer.failed(this.failure);
      this.enter('stopped');
      this.markOver();
      const end = { code: 125, message: this.failure };
      await this.streams.end(this.consoleName, () => end);
      throw error;
    } finally {
      this.how.ahead?.end();
    }
    // A stop that came too late to cancel the launch still counts.
    if (this.cancel.signal.aborted) this.signal('SIGKILL');
    const noted = (error: unknown) =>
      this.journal.note('error', `${this.label}: ${messageOf(error)}`);
    this.launched.exited.then((exit) => this.ended(exit)).catch(noted);
    this.enter(this.cancel.signal.aborted ? 'stopping' : 'running');
    this.steps?.ended();
  }

  /** Ends a start that waits, or is about to; does nothing where the container runs. */
  cancelStart(): void {
    if (!this.launched) this.cancel.abort(startCancelled(this.bundle));
  }

  /** @throws TerrariumError `not-stepwise` */
  stepwise(): StepwiseStart {
    if (this.steps) return this.steps;
    throw notStepwise(this.bundle.name);
  }

  /** Asks it (stopSignals.ts), `graceMs` later SIGKILL for PID 1, which takes the whole tree. */
  async stop(graceMs: number): Promise<void> {
    if (!this.isLive) return;
    if (!this.launched) {
      this.cancelStart();
      return this.over;
    }
    const { hostPid } = this.launched;
    const kill = () => {
      this.signal('SIGKILL');
      // The namespace ends when all its processes are reaped, a session's program by its host parent.
      this.sessions.killAll();
    };
    // Before any read of its processes: they can block it.
    const timer = setTimeout(kill, graceMs);
    // A frozen process handles no signal. A failure is in the journal, and the stop goes on.
    await this.resume().catch(() => undefined);
    if (this.state === 'running') this.enter('stopping');
    const asked = this.launched.program?.hostPid() ?? hostPid;
    const { words, hears } = await askToEnd(this.bundle.config, asked, (one) => this.signal(one));
    const over = this.journal.command(this.label, `kill ${words} ${asked}`);
    // No wait for a signal that the kernel drops.
    if (!hears) kill();
    await this.over;
    clearTimeout(timer);
    over(this.exit?.message ?? 'ended');
  }

  /** Catches errors: the stop timer calls it too, and an uncaught error would end the helper. */
  private signal(signal: Signal): void {
    try {
      this.launched?.signal(signal);
    } catch (error) {
      this.journal.note('warn', `${this.label}: ${signalName(signal)}: ${messageOf(error)}`);
    }
  }

  /** @throws TerrariumError `not-running`, those of PauseControl */
  async pause(): Promise<void> {
    if (!this.pausing.paused) await this.pausing.pause(this.running());
  }

  /** Does nothing where it is not paused. */
  resume(): Promise<void> {
    return this.pausing.resume();
  }

  /** @returns the name of the new stream. @throws TerrariumError those of openSession.ts */
  async openSession(
    args: readonly string[],
    size: TerminalSize,
    as: SessionOf = {},
  ): Promise<string> {
    const { bundle, launcher, sessions } = this;
    const host = {
      ...{ bundle, launcher, sessions, isPaused: this.pausing.paused },
      waits: this.state === 'starting' ? this.steps : undefined,
      isLive: () => this.isLive,
      running: () => this.running(),
      processes: () => this.processes(),
    };
    const opening = openSession(host, args, size, as).finally(() => this.changed(this));
    this.steps?.opens(opening);
    return opening;
  }

  /** Does nothing where it has ended. */
  endSession(stream: string): void {
    this.sessions.kill(stream);
  }

  /**
   * What is done to processes of it, for the journal too.
   * @throws TerrariumError `not-running`, `no-procfs`, and what `act` throws
   */
  act<T>(command: string, act: (reader: ReaderThread) => Promise<T>): Promise<T> {
    const reader = this.processes();
    return this.journal.during(this.label, command, () => act(reader));
  }

  /** Shared by all clients that look. @throws TerrariumError `not-running`, `no-procfs` */
  processes(): ReaderThread {
    const launched = this.running();
    const procfs = requireProcfs(this.bundle, launched);
    return (this.reader ??= new ReaderThread({ procfs, hostPid: launched.hostPid }));
  }

  users(): Promise<[number, string][]> {
    return this.rootfsUsers.read();
  }

  private get label(): string {
    return this.bundle.name;
  }

  private running(): LaunchedContainer {
    if (this.launched && this.state === 'running') return this.launched;
    if (this.steps && this.state === 'starting') throw this.steps.notRunning();
    throw new TerrariumError(
      'not-running',
      `“${escapeControlCharacters(this.bundle.name)}” is ${this.state}, not running.`,
      'Start it first.',
    );
  }

  private async ended(exit: ContainerExit): Promise<void> {
    this.exit = exit;
    this.journal.note('info', `${this.label}: ${exit.message}`);
    this.sessions.killAll();
    await this.pausing.ended();
    const reader = this.reader;
    this.reader = undefined;
    this.enter('stopped');
    this.markOver();
    reader?.close();
    await this.streams.end(this.consoleName, () => exit);
  }

  private enter(state: ContainerState): void {
    if (state === 'stopping') this.asked = true;
    this.state = state;
    this.changed(this);
  }
}
