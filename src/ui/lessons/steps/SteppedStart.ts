/**
 * One start that waits before each of its steps: advances it, and reads before and after each step what the
 * kernel has of PID 1. Free of vscode. Made by `beginSteps`.
 */
import type { ContainerInfo } from '../../../protocol/container';
import type { Result, StepInfo } from '../../../protocol/messages';
import type { ProcessSnapshot } from '../../../protocol/snapshot';
import type { PlannedGate, StepResult } from '../../../protocol/steps';
import type { HelperLink } from '../../services/HelperLink';

/** What was carried out behind one gate, and what is different after it. */
export interface StepOutcome {
  readonly steps: readonly (StepResult & Pick<StepInfo, 'why'>)[];
  /** By hand, at the end: PID 1 has started the program, which has another root. */
  readonly isProgramChild?: boolean;
  /** That program, where it was read. */
  readonly program?: ProcessSnapshot | undefined;
  /** On the host; absent where it is not there yet. */
  readonly pid?: number | undefined;
  /** PID 1; where it was not there before, the helper. Both are absent where it is not there, or has ended. */
  readonly before?: ProcessSnapshot | undefined;
  readonly after?: ProcessSnapshot | undefined;
}

/** The start waits, its program runs, a step has failed, or it was ended: by Cancel, Stop or with its helper. */
export type StartState = 'waits' | 'runs' | 'failed' | 'ended';

/** What a start needs of the helper. */
export type StepsLink = Pick<HelperLink, 'hello' | 'request' | 'onNotification' | 'closed'>;

export class SteppedStart {
  #next = 0;
  #state: StartState = 'waits';
  #markOver!: () => void;
  /** Resolves when it waits no more: its program runs, or it has ended. */
  readonly over = new Promise<void>((resolve) => (this.#markOver = resolve));
  #present: ContainerInfo;
  #plan: Result<'stepsOf'> = { steps: [], gates: [], byHand: false, shellFrom: 0 };

  private constructor(
    private readonly link: StepsLink,
    /** What the helper said when it waited for the first time. */
    readonly began: ContainerInfo,
  ) {
    this.#present = began;
    // The id is the bundle's: a later start has the same one.
    const unsubscribe = link.onNotification('containerChanged', (info) => {
      if (info.id !== began.id) return;
      this.#present = info;
      if (info.state === 'starting') return;
      unsubscribe();
      this.#enter(info.state === 'running' ? 'runs' : 'ended');
    });
    void link.closed.then(() => this.#enter('ended'));
  }

  /** @param began as `start` has answered. @throws what the helper says */
  static async of(link: StepsLink, began: ContainerInfo): Promise<SteppedStart> {
    const start = new SteppedStart(link, began);
    start.#plan = await link.request('stepsOf', { id: began.id });
    return start;
  }

  get state(): StartState {
    return this.#state;
  }

  /** Where it waits, one after the other. */
  get gates(): readonly PlannedGate[] {
    return this.#plan.gates;
  }

  get byHand(): boolean {
    return this.#plan.byHand;
  }

  /** What the helper said last. */
  get present(): ContainerInfo {
    return this.#present;
  }

  /** The gate whose steps are carried out next. */
  get next(): number {
    return this.#next;
  }

  /**
   * Carries out the steps behind the next gate.
   * @param former what PID 1 was right before, where that was read; read anew unless given
   * @throws what the helper says: the start was ended meanwhile
   */
  async advance(former?: ProcessSnapshot): Promise<StepOutcome> {
    const { steps, gates } = this.#plan;
    const to = gates[this.#next + 1]?.first ?? steps.length;
    const before = former ?? (await this.look(this.present.hostPid ?? this.link.hello.pid));
    const { results, waitsAt } = await this.link.request('advance', { id: this.began.id, to });
    if (results.some(({ failure }) => failure !== undefined)) this.#state = 'failed';
    this.#next = waitsAt?.gate ?? gates.length;
    const pid = this.present.hostPid;
    const after = pid === undefined ? undefined : await this.look(pid);
    const told = results.map((result) => ({ ...result, why: steps[result.index]?.why ?? '' }));
    const isProgramChild = this.byHand && this.#next === gates.length && this.#state !== 'failed';
    const program =
      isProgramChild && pid !== undefined ? await this.look(pid, { child: true }) : undefined;
    return {
      ...{ steps: told, pid },
      ...(isProgramChild && { isProgramChild, program }),
      ...(after && { before, after }),
    };
  }

  #enter(state: 'runs' | 'ended'): void {
    if (this.#state === 'waits') this.#state = state;
    this.#markOver();
  }

  /**
   * @param of.child of its first child
   * @returns undefined where that process has ended
   */
  async look(
    pid: number,
    of: { readonly child?: boolean } = {},
  ): Promise<ProcessSnapshot | undefined> {
    return (await this.link.request('takeSnapshot', { pid, ...of })).snapshot;
  }

  /** Ends it where its program does not run yet. Resolves when nothing of it is left. */
  async cancel(): Promise<void> {
    if (this.state === 'waits') await this.link.request('stop', { id: this.began.id, graceMs: 0 });
  }
}
