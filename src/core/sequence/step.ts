/** The start sequence as data: planned by `planStart.ts`, run by the helper, shown and exported as is. */
import type { StartWay } from '../config/startWay';
import type { ConfigWarning } from '../config/unsupported';
import type { Emulation } from '../bundle/emulation';
import type { Operation } from './operation';

/** Where a step's command runs: which root and which namespaces it sees. */
export type StepWhere = 'host' | 'namespaces' | 'container';

/** Stands in an argument for the host PID of the container's PID 1, known once it is forked. */
export const pidPlaceholder = '{pid}';

/**
 * bash that takes nothing from its environment (BASH_ENV, functions) and reads no file at its start,
 * which it else does where its standard input is a socket.
 */
export const bashAlone = ['--norc', '-p'] as const;

/** Id of the step that binds the shell of PID 1 read-only. */
export const readonlyShell = 'readonly-shell';

/** What every step has, whatever it does. */
interface StepFrame {
  /** Stable and unique in its plan: `unshare`, `mount:/proc`, `pivot_root`. */
  readonly id: string;
  readonly where: StepWhere;
  /**
   * For what happens in the rootfs: the folder of the container that must be the working directory, entered
   * one component at a time without following a symlink. Absolute as seen in the container.
   */
  readonly cwd?: string;
  /**
   * Run only where this name in `cwd` is a directory (or a file), and no symlink; `unless-link`: only where
   * no symlink is on the way to `cwd`, whose missing folders are made.
   */
  readonly guard?: `if-directory:${string}` | `if-file:${string}` | 'unless-link';
  /** A few words for people. */
  readonly why: string;
  /** Those beside each other that have the same one make one thing: a stepwise start carries them out together. */
  readonly group?: StepGroup;
}

/** `masks` and `readOnlyPaths` are alike but for the place, and guarded: of two for one place one acts, or none. */
export type StepGroup =
  'cgroup' | 'limits' | 'ids' | 'devices' | 'masks' | 'readOnlyPaths' | 'sysctl';

/** One command of the start sequence, which `toArgv` says. */
export type Step = StepFrame & Operation;

/** Whether what it mounts on may be swapped meanwhile, so that it is opened first. */
export function isPinned(step: Step): step is StepOf<'bind'> & { readonly pinned: true } {
  return step.kind === 'bind' && step.pinned === true;
}

/** A step of one kind, or of some. */
export type StepOf<Kind extends Operation['kind']> = Extract<Step, { readonly kind: Kind }>;

/** The container's cgroup: made and limited before the start, removed after its end. */
export interface CgroupPlan {
  /** Where the tree is mounted. */
  readonly mount: string;
  /** Absolute path of the container's cgroup in the file system. */
  readonly folder: string;
  /**
   * It was there before. PID 1 moves into it then: who is born (clone(2), CLONE_INTO_CGROUP) in a cgroup to which
   * cgroup.kill was ever written is killed by Linux 6.18 (findings/cgroup-kill-ends-what-is-cloned-into-it.sh).
   */
  readonly isThere: boolean;
  /**
   * Those that go in the end where nobody else is in them, outermost first: what the steps make, and
   * the parents that are ours by name.
   */
  readonly made: readonly string[];
  /** From the host, before everything else; the last one puts the shell that runs them into it. */
  readonly steps: readonly Step[];
  /** What of it is not carried out. */
  readonly warnings?: readonly string[];
  /** The limits that the start itself would run into, from the host while PID 1 waits. */
  readonly last: readonly Step[];
}

/** Everything that turns a bundle into a running container, in the order in which it happens. */
export interface StartPlan {
  /** What carries it out. */
  readonly way: StartWay;
  /** The container's cgroup, where config.json asks for one: before everything else. */
  readonly cgroup?: CgroupPlan;
  /** Enters the namespaces that config.json names by path, with the helper's own privilege. */
  readonly join?: StepOf<'join'>;
  /**
   * Becomes the person before the user namespace is made (sudo with a user namespace): only who is
   * mapped to root inside has capabilities there after the next execve(2).
   */
  readonly switchUser?: StepOf<'switchUser'>;
  /** Creates the namespaces; its child becomes PID 1. */
  readonly unshare: StepOf<'unshare'>;
  /** PID 1's first act: it leads a session and a process group of its own. Its command goes on with what follows. */
  readonly session: StepOf<'setsid'>;
  /** From the host, before anything else: who is who in the user namespace. Empty without one. */
  readonly writeIdMaps: readonly Step[];
  /** Right after that, where the person is not root inside; its command goes on with what follows. */
  readonly rootInside?: StepOf<'switchUser'>;
  /** As PID 1, in the new namespaces, still on the host's root. */
  readonly rootfs: readonly Step[];
  /** Gives up what config.json does not grant; each command goes on with what follows. */
  readonly dropPrivileges: readonly Step[];
  /** From the host, while PID 1 waits: switches its root. Empty by hand. */
  readonly pivot: readonly Step[];
  /** Hands over: `process.args` of config.json. */
  readonly payload: StepOf<'execute'>;
  readonly cwd: string;
  readonly umask?: string;
  /** What the waiting shell exports once it may; other variables come by a step of `confine`. */
  readonly env: readonly string[];
  /** Set where another shell than /bin/sh has to wait (payloadEnvironment.ts). */
  readonly shell?: 'bash';
  /** How the programs of the container run, where they are for another processor. */
  readonly emulation?: Emulation;
  /** What config.json asks for and this engine cannot do: shown at the start, never silent. */
  readonly warnings: readonly string[];
  /** Those of `linux.seccomp`, with their places in config.json. */
  readonly filterWarnings: readonly ConfigWarning[];
}

/** What the last look before "go" compares with the kernel's answer. */
export type PlannedMounts = Pick<StartPlan, 'rootfs' | 'cgroup'>;

/** The plan as one list, in the order in which the steps take effect. */
export function stepsOf(plan: StartPlan): Step[] {
  // The session is the program's, and not that of PID 1.
  if (plan.way === 'hand') return [plan.unshare, ...plan.rootfs, plan.session, plan.payload];
  return [
    ...(plan.cgroup?.steps ?? []),
    ...(plan.join ? [plan.join] : []),
    ...(plan.switchUser ? [plan.switchUser] : []),
    plan.unshare,
    plan.session,
    ...plan.writeIdMaps,
    ...(plan.rootInside ? [plan.rootInside] : []),
    ...plan.rootfs,
    // A program of the machine can be executed before the root is switched only.
    ...(plan.way === 'program'
      ? [...plan.pivot, ...plan.dropPrivileges]
      : [...plan.dropPrivileges, ...plan.pivot]),
    plan.payload,
  ];
}

/** Whether config.json sets the limit on open files, which is the caller's own otherwise. */
export function limitsOpenFiles({ dropPrivileges }: Pick<StartPlan, 'dropPrivileges'>): boolean {
  return dropPrivileges.some(
    (step) => step.kind === 'rlimits' && step.limits.some(({ type }) => type === 'RLIMIT_NOFILE'),
  );
}
