/**
 * What a start or a session has to find out from files: of a bundle, which may lie on a file system that does not answer,
 * and of /proc.
 */
import type { CheckOptions, CheckedCommand, checkCommand } from '../../../core/bundle/checkCommand';
import type { Accounts } from '../../../core/bundle/passwd';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { AllowedFolders } from '../../../core/bundle/rootfsOf';
import type { EmulationFacts, HostFacts } from '../../../core/sequence/hostFacts';
import type { PlannedMounts } from '../../../core/sequence/step';
import type { FolderKind } from '../../../protocol/container';

/** A bundle, and what a start finds out next: each is told as soon as it is known, and the look goes on. */
export interface OpenedForStart {
  readonly bundle: Bundle;
  /** Undefined where it is to have a cgroup, whose name is found only when no other start makes one. */
  readonly lookFurther?: () => Promise<CheckedBundle>;
}

/** Its program has been found. */
export interface CheckedBundle {
  readonly lookAround: () => Promise<StartLook>;
}

export interface StartLook {
  readonly facts: HostFacts;
  readonly latestWarnings: () => Promise<LatestWarnings>;
}

/** About the rootfs. */
export interface LatestWarnings {
  /** Sentences, safe to show. */
  readonly warnings: readonly string[];
  /** Otherwise there may be others: they are to be looked for when the payload runs. */
  readonly areAll: boolean;
}

/** What PID 1 is compared with. */
export interface PlannedStart {
  readonly bundle: Bundle;
  readonly plan: PlannedMounts;
}

/** Those of a further shell. */
export type SessionLooks = Pick<StartLooks, 'checkCommand' | 'accounts'>;

/** Arguments and answers can be sent to another thread, and functions of an answer are further answers (LooksThread.ts). */
export interface StartLooks {
  /**
   * @param layer whether it is to start on a scratch layer, whatever config.json says
   * @param allowed where a rootfs may lie outside of its bundle
   * @throws TerrariumError those of realFolder and loadUnambiguous
   */
  open(
    folder: string,
    kind: FolderKind,
    layer?: boolean,
    allowed?: AllowedFolders,
  ): Promise<Bundle>;
  /**
   * Opens the bundle and goes on as a start does: checkCommand, gatherFacts, rootfsWarnings.
   * @throws TerrariumError as `open`
   */
  openForStart(
    folder: string,
    kind: FolderKind,
    layer?: boolean,
    allowed?: AllowedFolders,
  ): Promise<OpenedForStart>;
  /** @throws CommandError those of checkCommand */
  checkCommand(
    bundle: Parameters<typeof checkCommand>[0],
    options: Pick<CheckOptions, 'signal' | 'remedy' | 'running'>,
  ): Promise<CheckedCommand | undefined>;
  /** As readAccounts: for a further shell. */
  accounts(rootfs: string): Promise<Accounts>;
  /** @throws TerrariumError those of gatherFacts */
  gatherFacts(bundle: Bundle, cgroupName: string | undefined): Promise<HostFacts>;
  /** As emulationFacts, for the helper's own privilege. */
  emulationFacts(bundle: Bundle, checked: CheckedCommand | undefined): Promise<EmulationFacts>;
  /** All of them. */
  rootfsWarnings(bundle: Bundle, facts: Pick<HostFacts, 'mounts'>): Promise<string[]>;
  latestWarnings(bundle: Bundle, facts: Pick<HostFacts, 'mounts'>): Promise<LatestWarnings>;
  /**
   * The last look before "go".
   * @param planned a `PlannedStart` as JSON, made while PID 1 is on its way: a text is handed over at once
   * @throws TerrariumError `not-as-planned`, `masked-symlink`, `cwd-missing`
   */
  verifyStart(planned: string, hostPid: number): Promise<void>;
}
