/** One start of one bundle, from its first step to its end. Made by ContainerRegistry.ts. */
import { checkCommand } from '../../core/bundle/checkCommand';
import { kindOf } from '../../core/bundle/loadBundleOrFolder';
import { readAccounts } from '../../core/bundle/passwd';
import type { Bundle } from '../../core/bundle/loadBundle';
import { mountsProcfs } from '../../core/config/mountKinds';
import { terminalNote } from '../../core/config/unsupported';
import { type Signal, signalName } from '../../core/config/stopSignal';
import { TerrariumError, messageOf } from '../../core/errors';
import { visible } from '../../core/text/visible';
import type { ContainerExit, ContainerInfo, ContainerState } from '../../protocol/container';
import type { StepInfo } from '../../protocol/messages';
import { bootTime, uptimeMs } from '../host/bootTime';
import type { Console } from '../console/Console';
import type { TerminalSize } from '../console/pty/Pty';
import { signalInWords } from '../engine/shared/containerExit';
import type { LaunchedContainer, SessionCommand } from '../engine/shared/Engine';
import { engineOf } from '../engine/engineOf';
import type { StartOptions } from '../engine/launchContainer';
import { ownConsole } from '../engine/shared/ownConsole';
import type { SessionAs } from '../engine/shared/sessionUser';
import { sessionPlace } from '../engine/shared/sessionPlace';
import { startCancelled } from '../engine/shared/startCancelled';
import { quote } from '../../core/text/quote';
import { ReaderThread } from '../processes/ReaderThread';
import type { ProcessName } from '../processes/threadMain';
import { cgroupName } from '../cgroup/cgroupName';
import { announceStep } from './announceStep';
import { Freezer } from '../cgroup/Freezer';
import type { Journal } from './Journal';
import type { Leftover } from '../leftovers/PidRecords';
import { startSummary } from './startSummary';
import { type Session, sessionEnd, startSession } from './Session';
import { hearsAny, stopSignals } from './stopSignals';
import type { Streams } from './Streams';

/** What really starts things; tests bring their own. */
export interface Launcher {
  launch(bundle: Bundle, options: StartOptions): Promise<LaunchedContainer>;
  session(
    container: LaunchedContainer,
    args: readonly string[],
    as: SessionAs,
  ): Promise<SessionCommand>;
}

/** What the container's own output follows: PID 1's program, or the whole of a runtime. */
const lastSteps: ReadonlySet<string> = new Set(['payload', 'engine']);

/** User names that are sent to a client at most. */
const maxUsers = 4096;

export class ManagedContainer {
  private state: ContainerState = 'starting';
  private launched: LaunchedContainer | undefined;
  /** Folders of its cgroup, while it starts. */
  private making: readonly string[] = [];
  private exit: ContainerExit | undefined;
  private failure: string | undefined;
  private readonly warnings: string[] = [];
  private reader: ReaderThread | undefined;
  private readonly consoleName: string;
  private readonly console: Console;
  private readonly sessions = new Map<string, Session & { readonly command: string }>();
  private freezer: Pick<Freezer, 'pause' | 'resume'> | undefined;
  private paused = false;
  private asked = false;
  /** What was last said of users that cannot be read: they are asked for again and again. */
  private usersProblem: string | undefined;
  private readonly cancel = new AbortController();
  /** Since the start of the machine, in ms. */
  private readonly startedAt = uptimeMs();
  /** Resolves when PID 1 is gone, or was never born. */
  readonly over: Promise<void>;
  private markOver!: () => void;

  constructor(
    readonly id: string,
    private readonly bundle: Bundle,
    size: TerminalSize,
    private readonly launcher: Launcher,
    private readonly streams: Streams,
    private readonly journal: Journal,
    private readonly changed: (container: ManagedContainer) => void,
    /** Writes down what this helper would leave. */
    private readonly record: () => Promise<void>,
  ) {
    const { name, console } = streams.open(size);
    this.consoleName = name;
    this.console = console;
    this.over = new Promise((resolve) => (this.markOver = resolve));
  }

  get isLive(): boolean {
    return this.state !== 'stopped';
  }

  /** Host PID of PID 1 while it runs. */
  private get pid(): number | undefined {
    return this.isLive ? this.launched?.hostPid : undefined;
  }

  /** What a helper that is killed now would leave. */
  get leftover(): Leftover | undefined {
    if (!this.isLive) return undefined;
    const { launched } = this;
    const made = launched ? launched.cgroup?.made : this.making;
    if (!launched && !made?.length) return undefined;
    return {
      ...(launched ? { pid: launched.hostPid } : {}),
      ...(made?.length ? { cgroups: made } : {}),
    };
  }

  get info(): ContainerInfo {
    return {
      id: this.id,
      bundle: this.bundle.path,
      kind: kindOf(this.bundle),
      name: this.bundle.name,
      state: this.state,
      privilege: process.geteuid!() === 0 ? 'root' : 'rootless',
      engine: engineOf(this.bundle.config).name,
      ...(this.pid === undefined ? {} : { hostPid: this.pid }),
      console: this.consoleName,
      ...(this.paused ? { paused: true } : {}),
      sessions: [...this.sessions].map(([stream, { command }]) => ({ stream, command })),
      startedAt: Math.round(bootTime() + this.startedAt),
      ...(this.exit ? { exit: this.exit } : {}),
      ...(this.asked ? { asked: true } : {}),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
      ...(this.warnings.length > 0 ? { warnings: [...this.warnings] } : {}),
    };
  }

  /** @throws TerrariumError of the step that failed; the console shows it too */
  async start(): Promise<void> {
    const running = new Map<string, ReturnType<Journal['command']>>();
    let steps = 0;
    let handedOver = false;
    const onStep = (step: StepInfo, state: 'start' | 'done') => {
      if (state === 'start') {
        steps++;
        // Any earlier, it would have gone with the steps when the prompt comes.
        if (lastSteps.has(step.id) && !handedOver) {
          this.console.write(startSummary(steps, this.warnings.length));
          handedOver = true;
        }
        this.console.write(announceStep(step));
        running.set(step.id + step.command, this.journal.command(this.label, step.command));
      } else {
        running.get(step.id + step.command)?.('done');
        running.delete(step.id + step.command);
      }
    };
    const onWarning = (text: string) => {
      this.warnings.push(text);
      if (handedOver) {
        this.console.warn(visible(text));
        this.changed(this);
      }
      // Of a start the console says it; what happens later may be looked for in the log.
      if (this.launched) this.journal.note('warn', text);
    };
    const note = terminalNote(this.bundle.config);
    if (note) onWarning(note.message);
    try {
      const checked = checkCommand(this.bundle, { signal: this.cancel.signal });
      checked.catch(() => undefined); // the launch may fail before it waits for this
      if (engineOf(this.bundle.config).needsOwnConsole(this.bundle))
        await this.console.moveTo((size) => ownConsole(size, onWarning));
      this.launched = await this.launcher.launch(this.bundle, {
        checked,
        terminal: this.console.terminal,
        onStep,
        onWarning,
        onCgroup: (folders) => {
          this.making = folders;
          return this.record();
        },
        signal: this.cancel.signal,
      });
    } catch (error) {
      this.failure = messageOf(error);
      if (!handedOver) this.console.write(startSummary(0, this.warnings.length));
      for (const over of running.values()) over('did not end well', true);
      this.journal.note('error', `${this.label}: ${this.failure}`);
      this.enter('stopped');
      this.markOver();
      const end = { code: 125, message: this.failure };
      await this.streams.end(this.consoleName, () => end);
      throw error;
    }
    // A stop that came too late to cancel the launch still counts.
    if (this.cancel.signal.aborted) this.signal('SIGKILL');
    const { label } = this;
    this.launched.exited
      .then((exit) => this.ended(exit))
      .catch((error: unknown) => this.journal.note('error', `${label}: ${messageOf(error)}`));
    this.enter(this.cancel.signal.aborted ? 'stopping' : 'running');
  }

  /** Asks it (stopSignals.ts), `graceMs` later SIGKILL for PID 1, which takes the whole tree. */
  async stop(graceMs: number): Promise<void> {
    if (!this.isLive) return;
    if (!this.launched) {
      this.cancel.abort(startCancelled(this.bundle));
      return this.over;
    }
    const { hostPid } = this.launched;
    const kill = () => {
      this.signal('SIGKILL');
      // The namespace ends when all of it is reaped, a session's program by what waits for it outside.
      for (const session of this.sessions.values()) this.kill(session);
    };
    // Before anything is looked at: that can be held up by what is to be stopped.
    const timer = setTimeout(kill, graceMs);
    // What is frozen handles no signal. The journal has what went wrong; it ends nevertheless.
    await this.resume().catch(() => undefined);
    if (this.state === 'running') this.enter('stopping');
    const asks = await stopSignals(this.bundle.config, hostPid);
    const hears = await hearsAny(hostPid, asks);
    for (const signal of asks) this.signal(signal);
    const words = asks.map(signalName).join(' ');
    const over = this.journal.command(this.label, `kill ${words} ${hostPid}`);
    // The kernel drops what it does not hear: waiting would be for nothing.
    if (!hears) kill();
    await this.over;
    clearTimeout(timer);
    over(this.exit?.message ?? 'ended');
  }

  private kill(session: Session): void {
    session.kill().catch((error: unknown) => {
      this.journal.note('warn', `${this.label}: a shell could not be ended: ${messageOf(error)}`);
    });
  }

  /** Called by a timer too, where nobody would catch what it throws. */
  private signal(signal: Signal): void {
    try {
      this.launched?.signal(signal);
    } catch (error) {
      this.journal.note('warn', `${this.label}: ${signalName(signal)}: ${messageOf(error)}`);
    }
  }

  /** @throws TerrariumError `not-running`, those of Freezer */
  async pause(): Promise<void> {
    if (this.paused) return;
    const { hostPid, cgroup } = this.running();
    this.freezer ??= cgroup ?? new Freezer(await cgroupName(this.bundle.path), hostPid);
    const { freezer } = this;
    await this.journal.during(this.label, 'pause', () => freezer.pause());
    this.paused = true;
    this.changed(this);
  }

  /** Does nothing where it is not paused. */
  async resume(): Promise<void> {
    if (!this.freezer || !this.paused) return;
    const { freezer } = this;
    try {
      await this.journal.during(this.label, 'resume', () => freezer.resume());
    } finally {
      this.paused = false;
      this.changed(this);
    }
  }

  /**
   * @param user a name or number of the rootfs's passwd, in place of PID 1's user
   * @param beside the process whose folder and user it gets
   * @returns the name of the new stream
   * @throws TerrariumError `not-running`, `paused`, those of `sessionCommand` and, with `beside`,
   * `no-procfs`, `process-gone` and those of `sessionPlace`
   */
  async openSession(
    args: readonly string[],
    size: TerminalSize,
    { user, beside }: { user?: string | undefined; beside?: ProcessName | undefined } = {},
  ): Promise<string> {
    if (this.paused) {
      throw new TerrariumError(
        'paused',
        `“${visible(this.bundle.name)}” is paused: a shell in it would not move either.`,
        'Resume it first.',
      );
    }
    const place =
      beside &&
      sessionPlace(beside.pid, await this.processes().inspect(beside.pid, beside.startTime, false));
    const launched = this.running();
    const command = await this.launcher.session(launched, args, { user, place });
    this.running(); // it may have ended meanwhile
    const session = await startSession(launched, command, size, (text) =>
      this.journal.note('warn', `${this.label}: ${text}`),
    );
    const { name, console } = this.streams.open(size, session.pty);
    if (command.firstLine) console.warn(visible(command.firstLine));
    const over = this.journal.command(this.label, command.argv.map(quote).join(' '));
    this.sessions.set(name, { ...session, command: args.join(' ') });
    if (!this.isLive) this.kill(session);
    this.changed(this);
    void session.ended.then(async (exit) => {
      this.sessions.delete(name);
      if (this.isLive) this.changed(this);
      const said = 'said' in exit ? exit.said?.trim() : undefined;
      if (said && signalInWords(said) === undefined) console.warn(visible(said));
      const { code, message } = await this.streams.end(name, (outputTail) =>
        sessionEnd(exit, outputTail),
      );
      over(message, code !== 0);
    });
    return name;
  }

  /** Does nothing where it has ended. */
  endSession(stream: string): void {
    const session = this.sessions.get(stream);
    if (session) this.kill(session);
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
    const { procfs, hostPid } = this.running();
    if (procfs === undefined && mountsProcfs(this.bundle.config)) {
      throw new TerrariumError(
        'no-procfs',
        `“${visible(this.bundle.name)}” had no procfs at /proc that could be opened once it ran, so its processes cannot be listed.`,
        'Start it again; if it mounts something else there itself, use the built-in engine, which looks before it runs.',
      );
    }
    if (procfs === undefined) {
      throw new TerrariumError(
        'no-procfs',
        `“${visible(this.bundle.name)}” mounts no /proc, so its processes cannot be listed.`,
        'Add a mount of type proc at /proc to its config.json.',
      );
    }
    return (this.reader ??= new ReaderThread({ procfs, hostPid }));
  }

  /** User names of the rootfs's passwd, which is hostile and may be long, by uid. */
  async users(): Promise<[number, string][]> {
    // Without names the numbers are shown, which is what the kernel knows anyway.
    const { users } = await readAccounts(this.bundle.rootfs).catch((error: unknown) => {
      const text = `${this.label}: its /etc/passwd cannot be read: ${messageOf(error)}`;
      if (text !== this.usersProblem) this.journal.note('warn', text);
      this.usersProblem = text;
      return { users: [] };
    });
    return users.slice(0, maxUsers).map(({ uid, name }) => [uid, name.slice(0, 256)]);
  }

  private get label(): string {
    return this.bundle.name;
  }

  private running(): LaunchedContainer {
    if (this.launched && this.state === 'running') return this.launched;
    throw new TerrariumError(
      'not-running',
      `“${visible(this.bundle.name)}” is ${this.state}, not running.`,
      'Start it first.',
    );
  }

  private async ended(exit: ContainerExit): Promise<void> {
    this.exit = exit;
    this.journal.note('info', `${this.label}: ${exit.message}`);
    for (const session of this.sessions.values()) this.kill(session);
    // Killed while it was frozen, or not to be moved out before: its cgroup goes.
    await this.freezer
      ?.resume()
      .catch((error: unknown) => this.journal.note('warn', messageOf(error)));
    this.paused = false;
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
