/** What a start has to find out from files: of a bundle, which may lie on a file system that does not answer, and of /proc. */
import type { CheckOptions } from '../../../core/bundle/checkCommand';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import type { StartPlan } from '../../../core/sequence/step';
import type { FolderKind } from '../../../protocol/container';

/** What a start has to know, or why there is none: errors do not travel between threads. */
export type StartLook =
  | { readonly facts: HostFacts }
  | {
      readonly failure: {
        readonly code: string;
        readonly problem: string;
        readonly remedy: string;
      };
    };

/** Arguments and answers can be sent to another thread. */
export interface StartLooks {
  /**
   * @param layer whether it is to start on a scratch layer, whatever config.json says
   * @throws TerrariumError those of realFolder and loadUnambiguous
   */
  open(folder: string, kind: FolderKind, layer?: boolean): Promise<Bundle>;
  /**
   * Opens the bundle and goes on as a start does: to wait for one answer is shorter than for three. Not where it is to
   * have a cgroup, whose name is found only when no other start makes one.
   * @throws TerrariumError as `open`
   */
  openForStart(
    folder: string,
    kind: FolderKind,
    layer?: boolean,
  ): Promise<{ readonly bundle: Bundle; readonly look?: StartLook }>;
  /** @throws CommandError those of checkCommand */
  checkCommand(bundle: Bundle, options: Pick<CheckOptions, 'signal'>): Promise<unknown>;
  /** @throws TerrariumError those of gatherFacts */
  gatherFacts(bundle: Bundle, cgroupName: string | undefined): Promise<HostFacts>;
  rootfsWarnings(bundle: Bundle, facts: HostFacts): Promise<string[]>;
  /** The last look before "go". @throws TerrariumError `not-as-planned`, `masked-symlink`, `cwd-missing` */
  verifyStart(bundle: Bundle, plan: StartPlan, hostPid: number): Promise<void>;
}
