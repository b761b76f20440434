/**
 * A start that waits before each of its steps, until a client lets it on (`advance`). Made by ManagedContainer.ts;
 * the engine calls it as the gate of its steps.
 */
import { TerrariumError, messageOf } from '../../core/errors';
import { stepInfo } from '../../core/sequence/commandLine';
import type { StepwisePlan } from '../../core/sequence/stepwise';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Result } from '../../protocol/messages';
import type { AnsweredCall, StepResult, StepsWait } from '../../protocol/steps';
import type { FailedStep, StepGate, StepsSoFar, WaitingPid1 } from '../engine/shared/Engine';
import { answeredSteps } from '../engine/shared/answeredCalls';
import { failedCalls } from '../engine/shared/failedCalls';

type Advanced = Result<'advance'>;

/** Of a container that was started at once. */
export function notStepwise(name: string): TerrariumError {
  return new TerrariumError(
    'not-stepwise',
    `“${escapeControlCharacters(name)}” was not started step by step.`,
    'Stop it, and start it step by step.',
  );
}

export class StepwiseStart implements StepGate {
  #plan: StepwisePlan | undefined;
  /** The last gate that was reached; the start waits there as long as `#goOn` is set. */
  #next = 0;
  #goOn: (() => void) | undefined;
  #soFar: StepsSoFar = { isDone: () => true, answers: () => [] };
  /** The first step that is not to be carried out yet. */
  #to = 0;
  /** How many steps are over; those from `#told` on are in no answer yet. */
  #over = 0;
  #results: StepResult[] = [];
  #failed: FailedStep = {};
  #asked:
    | { readonly resolve: (advanced: Advanced) => void; readonly reject: (error: Error) => void }
    | undefined;
  #hasEnded = false;
  readonly #opening = new Set<Promise<unknown>>();
  #begin!: () => void;
  /** Resolves where it waits for the first time. */
  readonly begun = new Promise<void>((resolve) => (this.#begin = resolve));

  /**
   * @param changed called when it waits, and when it goes on
   * @param beforeProgram awaited before the program of the container begins
   */
  constructor(
    private readonly name: string,
    private readonly changed: () => void,
    private readonly beforeProgram: () => Promise<void>,
  ) {}

  get waitsAt(): StepsWait | undefined {
    if (!this.#goOn || !this.#plan) return undefined;
    const { firsts } = this.#plan;
    return { next: this.#next, gate: firsts.indexOf(this.#next), gates: firsts.length };
  }

  /** Of PID 1, as soon as it is there. */
  get hostPid(): number | undefined {
    return this.#hasEnded ? undefined : this.#soFar.pid1?.hostPid;
  }

  /** @throws TerrariumError `no-steps` */
  get stepsOf(): Result<'stepsOf'> {
    const plan = this.#required();
    return {
      steps: plan.steps.map(stepInfo),
      gates: plan.plannedGates(),
      byHand: plan.byHand,
      shellFrom: plan.shellFrom,
    };
  }

  planned(plan: StepwisePlan): void {
    this.#plan = plan;
  }

  async reached(next: number, soFar: StepsSoFar): Promise<void> {
    this.#soFar = soFar;
    this.#next = next;
    this.#finish(next);
    if (next >= this.#to) await this.#wait();
    if (next !== this.#plan?.gates.at(-1)) return;
    await Promise.allSettled(this.#opening);
    await this.beforeProgram();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = () => {
        this.#goOn = undefined;
        resolve();
      };
      this.#begin();
      this.#answer();
      this.changed();
    });
  }

  failed(what: FailedStep): void {
    this.#failed = what;
  }

  /**
   * To be called at the end of the start.
   * @param error why it failed; undefined where the container runs
   */
  ended(error?: unknown): void {
    const { steps } = this.#plan ?? { steps: [] };
    this.#goOn = undefined;
    if (error === undefined) this.#finish(steps.length);
    else if (error instanceof TerrariumError && error.code === 'cancelled')
      this.#asked?.reject(error);
    else this.#finishFailed(messageOf(error));
    this.#hasEnded = true;
    this.#answer();
  }

  /**
   * @param to the first step that is not carried out
   * @throws TerrariumError `no-steps`, `steps-go-on`, `no-such-step`
   */
  async advance(to: number): Promise<Advanced> {
    const { steps } = this.#required();
    if (!this.#goOn) throw this.#goesOn();
    if (to > steps.length)
      throw new TerrariumError(
        'no-such-step',
        `“${this.#shown}” has ${steps.length} steps, and none before which it could wait as its step ${to + 1}.`,
        'Name one of its steps.',
      );
    if (to <= this.#next) return this.#taken();
    this.#to = to;
    const goOn = this.#goOn;
    const advanced = new Promise<Advanced>(
      (resolve, reject) => (this.#asked = { resolve, reject }),
    );
    goOn();
    this.changed();
    return advanced;
  }

  /** The program does not begin before a shell that is being opened is there, and can be ended. */
  opens(shell: Promise<unknown>): void {
    this.#opening.add(shell);
    const forget = () => this.#opening.delete(shell);
    shell.then(forget, forget);
  }

  /**
   * PID 1, for a shell in its namespaces.
   * @throws TerrariumError `steps-go-on`, `no-pid1-yet`
   */
  waitingPid1(): WaitingPid1 {
    const { steps, shellFrom } = this.#required();
    if (!this.#goOn) throw this.#goesOn();
    const { pid1 } = this.#soFar;
    if (pid1 && this.#next >= shellFrom) return pid1;
    const last = shellFrom - 1;
    throw new TerrariumError(
      'no-pid1-yet',
      `No shell can be opened in “${this.#shown}” yet: it waits before its step ${this.#numberOf(this.#next)}.`,
      `Run the steps up to step ${this.#numberOf(last, false)} first: “${escapeControlCharacters(steps[last]!.why)}”.`,
    );
  }

  /** Of what takes a container that runs. */
  notRunning(): TerrariumError {
    if (!this.waitsAt) return this.#goesOn();
    return new TerrariumError(
      'waits',
      `“${this.#shown}” does not run yet: it waits before its step ${this.#numberOf(this.#next)}.`,
      'Run the rest of its steps first.',
    );
  }

  /** As people count: what goes together is one. */
  #numberOf(step: number, isOfAll = true): string {
    const { gates, firsts } = this.#required();
    const number = firsts.indexOf(gates[step]!) + 1;
    return isOfAll ? `${number} of ${firsts.length}` : `${number}`;
  }

  get #shown(): string {
    return escapeControlCharacters(this.name);
  }

  #required(): StepwisePlan {
    if (this.#plan) return this.#plan;
    throw new TerrariumError(
      'no-steps',
      `“${this.#shown}” has no steps yet: its start is being planned, or has failed before it could be.`,
      'Start it again.',
    );
  }

  #goesOn(): TerrariumError {
    return this.#hasEnded
      ? new TerrariumError(
          'steps-over',
          `“${this.#shown}” waits before no step any more: its start is over.`,
          'Stop it where it runs, and start it step by step again.',
        )
      : new TerrariumError(
          'steps-go-on',
          `“${this.#shown}” carries out steps at this moment.`,
          'Wait until it waits again.',
        );
  }

  /** What is before that step has ended well. */
  #finish(end: number): void {
    if (this.#over >= end) return;
    const calls = this.#plan
      ? answeredSteps(this.#plan, this.#planned, (step) => this.#soFar.answers(step))
      : [];
    for (; this.#over < end; this.#over++) {
      const index = this.#over;
      this.#results.push(
        this.#soFar.isDone(index)
          ? { index, calls: calls[index] ?? [] }
          : { index, calls: [], skipped: true },
      );
    }
  }

  #finishFailed(failure: string): void {
    const { index = this.#next, call } = this.#failed;
    this.#finish(index);
    const calls = failedCalls(this.#planned[index] ?? [], this.#soFar.answers(index), call);
    this.#results.push({ index, calls, failure });
  }

  get #planned(): AnsweredCall[][] {
    return this.#plan?.calls(this.#soFar.pid1?.hostPid) ?? [];
  }

  #taken(): Advanced {
    const { waitsAt } = this;
    return { results: this.#results.splice(0), ...(waitsAt ? { waitsAt } : {}) };
  }

  #answer(): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.resolve(this.#taken());
  }
}
