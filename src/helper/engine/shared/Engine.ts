/**
 * The interface of an engine, with two implementations: the built-in engine (launchBuiltin.ts) and an
 * installed runtime (launchRuntime.ts). Callers do not ask which.
 */
import type { Emulation } from '../../../core/bundle/emulation';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { RuntimeName } from '../../../core/config/engine';
import type { Signal } from '../../../core/config/stopSignal';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import type { ContainerExit } from '../../../protocol/container';
import type { StepInfo } from '../../../protocol/messages';
import type { AnsweredCall } from '../../../protocol/steps';
import type { StartPlan } from '../../../core/sequence/step';
import type { StepwisePlan } from '../../../core/sequence/stepwise';
import type { ContainerCgroup } from '../../cgroup/ContainerCgroup';
import type { ConsoleTerminal } from '../../console/pty/Pty';
import type { SessionLooks, StartLooks } from './StartLooks';
import type { StartProcess } from './StartProcess';
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

/** What a further shell is opened in. */
export interface SessionTarget {
  readonly bundle: Bundle;
  /** PID 1 as the host sees it. */
  readonly hostPid: number;
  /** Where PID 1 is not the program of config.json: that program, and the host path of its root. */
  readonly program?: { readonly root: string; hostPid(): number };
  /** Its own, where config.json asks for one. */
  readonly cgroup?: ContainerCgroup;
  /** How its program runs, where that is for another processor. */
  readonly emulation?: Emulation;
  /** @throws TerrariumError and CommandError of the engine, where a further shell cannot be had */
  session(request: SessionRequest): Promise<SessionCommand>;
}

/** A container whose payload runs. */
export interface LaunchedContainer extends SessionTarget {
  /** Descriptor of its own procfs, opened before the payload ran; undefined where none is mounted. */
  readonly procfs: number | undefined;
  readonly exited: Promise<ContainerExit>;
  /** Signals the program; SIGKILL PID 1, which takes the whole tree with it (pid_namespaces(7)). */
  signal(signal: Signal): void;
}

export type StepState = 'start' | 'done' | 'failed';

/** As planStart.ts. */
export type PlanStart = (bundle: Bundle, facts: HostFacts) => StartPlan;

export interface LaunchOptions {
  /** planStart unless given. */
  readonly plan?: PlanStart;
  /** Becomes the controlling terminal; without it 0, 1, 2 are inherited. */
  readonly terminal?: Pick<ConsoleTerminal, 'path' | 'place' | 'enter' | 'stream'>;
  readonly looks: StartLooks;
  /** Of this start; where it is being found out already, the same answer. */
  readonly rootfsWarnings: () => Promise<readonly string[]>;
  /** Called for each step as it begins, and when it is done; the last one is handed over to and never done. */
  onStep?(step: StepInfo, state: StepState, calls?: readonly AnsweredCall[]): void;
  /** With the end of each step, and with the last one, its system calls are told; also which step has failed. */
  readonly tellsCalls?: boolean;
  onWarning?(warning: string): void;
  /** Of what may have begun already. */
  readonly ahead?: StartAhead | undefined;
  /** Awaited before the cgroup's folders are made, so that the next helper knows them. */
  onCgroup?(folders: readonly string[]): Promise<void>;
  /** Called once it is in its cgroup, or will be in none: until then no other may be made. */
  onCgroupEntered?(): void;
  /** Awaited before the payload runs, which may lose its parent-death signal. */
  onPid1?(hostPid: number): Promise<void>;
  /** Called where terrarium-init carries out the start, just before the payload runs. */
  onGo?(): void;
  readonly signal?: AbortSignal;
  /** Waits before each step; an engine that cannot refuses the start. */
  readonly steps?: StepGate;
}

/** A start that may have begun with the plan of an earlier one. */
export interface StartAhead {
  /**
   * To be called when the program of the bundle has been found. Where it is the bundle of that time, and the machine has no
   * say in what is made in its rootfs, PID 1 sets up what the payload would see, beside what is still to be looked at.
   */
  readonly letOn: (bundle: Bundle) => void;
  /**
   * @param encoded the plan as terrarium-init reads it
   * @returns the process that has begun with these very words, and is let on; any other ends
   */
  readonly goOn: (bundle: Bundle, plan: StartPlan, encoded: Buffer) => StartProcess | undefined;
  /** Does nothing where it has gone on. */
  readonly end: () => void;
}

/** Who lets a start on, step by step. */
export interface StepGate {
  /** Called once, before anything is made. */
  planned(plan: StepwisePlan): void;
  /**
   * All before that step is over, and the start waits until this resolves.
   * @param next `gates` of the plan has it
   */
  reached(next: number, so: StepsSoFar): Promise<void>;
  /** Called before the start throws why, which is no cancellation. */
  failed(what: FailedStep): void;
}

export interface StepsSoFar {
  /** Whether the step had something to do. */
  isDone(index: number): boolean;
  /** What the calls of the step have answered, in their order; none where nobody tells. */
  answers(index: number): readonly ToldAnswer[];
  readonly pid1?: WaitingPid1;
}

/** PID 1 of a start that waits. */
export interface WaitingPid1 extends SessionTarget {
  /**
   * The command of a shell on the machine's own root, where PID 1 still has that: nothing of the bundle is
   * executed by it.
   * @param args empty means the machine's shell
   */
  readonly onHostRoot?: (args: readonly string[]) => SessionCommand;
}

/** Where a start failed, as far as it is known. */
export interface FailedStep {
  readonly index?: number;
  readonly call?: FailedCall;
}

/** A system call of a step, as it was told. */
export interface ToldAnswer {
  readonly name: string;
  /** `0`, `8`, `-1 EPERM (Operation not permitted)` */
  readonly answer: string;
}

export interface FailedCall {
  readonly name: string;
  /** How many of that name in a row there were. */
  readonly times: number;
  /** `-1 EPERM (Operation not permitted)` */
  readonly answer: string;
}

/** A further shell, as an engine is asked for it. */
export interface SessionRequest {
  /** Its first word is looked up in the container's PATH. */
  readonly command: readonly string[];
  readonly user: SessionUser;
  readonly cwd: string;
  readonly variables: SessionEnvironment;
  readonly looks: SessionLooks;
}

/** The first process of a further shell, which is one of the machine's and leads a session there. */
export interface SessionProcess {
  /** Undefined where there is none, because it could not be spawned. */
  readonly pid: number | undefined;
  /** Never rejects. Until then its PID is its own. */
  readonly ended: Promise<SessionExit>;
}

export type SessionExit =
  | { readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly error: Error };

export interface SessionCommand {
  readonly argv: string[];
  /** The same on a terminal of the container's devpts, held by terminal.js (terminalHolder.ts). */
  readonly inside?: string[];
  /**
   * The same by a process that opens that terminal itself, by its other end.
   * @param master the descriptor of that, which stays open until this resolves
   */
  readonly onMaster?: (master: number) => Promise<SessionProcess>;
  /** For the log: the command that does the same, where `argv` is for no reader. */
  readonly shown?: readonly string[];
  readonly env: Record<string, string>;
  /** The program opens its controlling terminal itself; otherwise the first host program must. */
  readonly leads: boolean;
  /** The program's standard error is the terminal; that of the host programs may differ. */
  readonly ownErrors: boolean;
  /** To be called when it has ended, or could not begin. */
  readonly release?: () => void;
  /** The first line of the session: what it may and PID 1 may not, or how its place differs. */
  readonly firstLine?: string;
}
