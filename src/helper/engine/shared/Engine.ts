/**
 * What an engine does for everybody else: one interface, carried out by the built-in engine
 * (launchBuiltin.ts) and by an installed runtime (launchRuntime.ts). Nobody outside asks which one it is.
 */
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { RuntimeName } from '../../../core/config/engine';
import type { Signal } from '../../../core/config/stopSignal';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import type { ContainerExit } from '../../../protocol/container';
import type { StepInfo } from '../../../protocol/messages';
import type { ContainerCgroup } from '../../cgroup/ContainerCgroup';
import type { ConsoleTerminal } from '../../console/pty/Pty';
import type { SessionEnvironment } from './sessionEnvironment';
import type { SessionUser } from './sessionUser';

export interface Engine {
  readonly name: 'builtin' | RuntimeName;
  /** Whether the terminal of PID 1 has to be made in a devpts of its own (ownConsole.ts). */
  needsOwnConsole(bundle: Bundle): boolean;
  /**
   * Starts one container, and undoes everything where that fails.
   * @throws TerrariumError naming the step or the runtime, its exit code and its own message; `cancelled`
   */
  launch(bundle: Bundle, facts: HostFacts, options: LaunchOptions): Promise<LaunchedContainer>;
  /**
   * @returns a POSIX shell script that makes the same start
   * @throws TerrariumError where the configuration cannot mean a container here
   */
  exportScript(bundle: Bundle, facts: HostFacts): Promise<string>;
}

/** A container whose payload has been let go. */
export interface LaunchedContainer {
  readonly bundle: Bundle;
  /** PID 1 as the host sees it. */
  readonly hostPid: number;
  /** Its own, where config.json asks for one. */
  readonly cgroup?: ContainerCgroup;
  /** Descriptor of its own procfs, opened before the payload ran; undefined where none is mounted. */
  readonly procfs: number | undefined;
  readonly exited: Promise<ContainerExit>;
  /** @throws TerrariumError and CommandError of the engine, where a further shell cannot be had */
  session(request: SessionRequest): Promise<SessionCommand>;
  /** Signals PID 1; SIGKILL takes the whole tree with it (pid_namespaces(7)). */
  signal(signal: Signal): void;
}

export interface LaunchOptions {
  /** Becomes the controlling terminal; without it 0, 1, 2 are inherited. */
  readonly terminal?: Pick<ConsoleTerminal, 'path' | 'place' | 'enter'>;
  /** Called for each step as it begins, and when it is done. */
  onStep?(step: StepInfo, state: 'start' | 'done'): void;
  onWarning?(warning: string): void;
  /** Waited for before the folders of its cgroup are made: the next helper is to know of them. */
  onCgroup?(folders: readonly string[]): Promise<void>;
  /** Called once it is in its cgroup, or will be in none: until then nobody else may make any. */
  onCgroupEntered?(): void;
  /** Waited for before the payload runs, which may lose the signal that would end it with this helper. */
  onPid1?(hostPid: number): Promise<void>;
  readonly signal?: AbortSignal;
}

/** A further shell, with all that is known of it before an engine is asked. */
export interface SessionRequest {
  /** Its first word is looked up in the container's PATH. */
  readonly command: readonly string[];
  readonly user: SessionUser;
  readonly cwd: string;
  readonly variables: SessionEnvironment;
}

export interface SessionCommand {
  readonly argv: string[];
  /** The same on a terminal of the container's own, which helper.js holds (terminalHolder.ts). */
  readonly inside?: string[];
  readonly env: Record<string, string>;
  /** Its program takes the terminal itself; otherwise the first program of the host has to. */
  readonly leads: boolean;
  /** Its program's standard error is its terminal, whatever the programs of the host have there. */
  readonly ownErrors: boolean;
  /** What the session may that PID 1 may not, or where else it is; its first line says so. */
  readonly firstLine?: string;
}
