/**
 * One start that waits before each of its steps: advances it, and reads before and after each step what the
 * kernel has of PID 1. Free of vscode. Made by `beginSteps`.
 */
import type { ContainerInfo } from '../../../protocol/container';
import type { PlannedStep } from '../../../protocol/messages';
import type { ProcessSnapshot } from '../../../protocol/snapshot';
import type { StepResult } from '../../../protocol/steps';
import type { HelperLink } from '../../services/HelperLink';

/** What a step did, and what is different after it. */
export interface StepOutcome extends StepResult {
  /** It was carried out together with the step behind it, which has the evidence of both. */
  readonly isTogether: boolean;
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
  #present: ContainerInfo;
  #steps: readonly PlannedStep[] = [];

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
    start.#steps = (await link.request('stepsOf', { id: began.id })).steps;
    return start;
  }

  get state(): StartState {
    return this.#state;
  }

  get steps(): readonly PlannedStep[] {
    return this.#steps;
  }

  /** What the helper said last. */
  get present(): ContainerInfo {
    return this.#present;
  }

  /** The step that is carried out next. */
  get next(): number {
    return this.#next;
  }

  /** The steps that are carried out next, together. */
  get nextSteps(): readonly number[] {
    const gate = this.steps[this.#next]?.gate;
    const numbers = this.steps.map((_, index) => index);
    const behind = numbers.slice(this.#next);
    const end = behind.find((index) => this.steps[index]!.gate !== gate);
    return numbers.slice(this.#next, end);
  }

  /**
   * Carries out the next steps: one, or those that go together.
   * @param former what PID 1 was right before, where that was read; read anew unless given
   * @throws what the helper says: the start was ended meanwhile
   */
  async advance(former?: ProcessSnapshot): Promise<StepOutcome[]> {
    const to = this.nextSteps.at(-1)! + 1;
    const before = former ?? (await this.look(this.present.hostPid ?? this.link.hello.pid));
    const { results, waitsAt } = await this.link.request('advance', { id: this.began.id, to });
    if (results.some(({ failure }) => failure !== undefined)) this.#state = 'failed';
    this.#next = waitsAt?.next ?? to;
    const pid = this.present.hostPid;
    const after = pid === undefined ? undefined : await this.look(pid);
    return results.map((result, at) =>
      at < results.length - 1
        ? { ...result, isTogether: true }
        : { ...result, isTogether: false, pid, ...(after && { before, after }) },
    );
  }

  #enter(state: 'runs' | 'ended'): void {
    if (this.#state === 'waits') this.#state = state;
  }

  /** @returns undefined where that process has ended */
  async look(pid: number): Promise<ProcessSnapshot | undefined> {
    return (await this.link.request('takeSnapshot', { pid })).snapshot;
  }

  /** Ends it where its program does not run yet. Resolves when nothing of it is left. */
  async cancel(): Promise<void> {
    if (this.state === 'waits') await this.link.request('stop', { id: this.began.id, graceMs: 0 });
  }
}
