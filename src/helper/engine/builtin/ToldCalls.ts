/** The system calls of a start's steps, for who is told of each step (`tellsCalls`). Used by both launchers. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { type StartPlan, type Step, stepsOf } from '../../../core/sequence/step';
import { type StepwisePlan, stepwisePlan } from '../../../core/sequence/stepwise';
import { stepInfo } from '../../../core/sequence/commandLine';
import type { AnsweredCall } from '../../../protocol/steps';
import type { FailedStep, LaunchOptions } from '../shared/Engine';
import { failedCalls } from '../shared/failedCalls';

export class ToldCalls {
  readonly #steps: readonly Step[];
  readonly #plan: StepwisePlan;
  #known: readonly (readonly AnsweredCall[])[];

  constructor(
    bundle: Bundle,
    plan: StartPlan,
    { uid, gid }: Pick<HostFacts, 'uid' | 'gid'>,
    private readonly onStep: (...told: Parameters<NonNullable<LaunchOptions['onStep']>>) => void,
  ) {
    this.#steps = stepsOf(plan);
    this.#plan = stepwisePlan(plan, { rootfs: bundle.rootfs, own: { uid, gid } });
    this.#known = this.#plan.calls();
  }

  /** To be called once it is known. */
  pid1(hostPid: number): void {
    this.#known = this.#plan.calls(hostPid);
  }

  step(step: Step, state: 'start' | 'done'): void {
    this.onStep(stepInfo(step), state, state === 'done' ? this.#of(step) : []);
  }

  /** The last step; a call that becomes another program does not return. */
  handsOver(payload: Step): void {
    const calls = this.#of(payload).map(({ call }, index, all) =>
      index < all.length - 1 ? all[index]! : { call, answer: '?' },
    );
    this.onStep(stepInfo(payload), 'start', calls);
  }

  failed({ index, call }: FailedStep): void {
    const step = index === undefined ? undefined : this.#steps[index];
    if (!step) return;
    // As those of the steps before: all but the last are as planned.
    const calls = failedCalls(this.#of(step), [], call);
    const unmarked = calls.map(({ call, answer }) => ({ call, answer }));
    this.onStep(stepInfo(step), 'failed', unmarked);
  }

  #of(step: Step): readonly AnsweredCall[] {
    return this.#known[this.#steps.indexOf(step)] ?? [];
  }
}

/** @returns undefined where nobody is told */
export function toldCalls(
  bundle: Bundle,
  plan: StartPlan,
  facts: Pick<HostFacts, 'uid' | 'gid'>,
  options: LaunchOptions,
): ToldCalls | undefined {
  if (!options.tellsCalls) return undefined;
  return new ToldCalls(bundle, plan, facts, (...told) => options.onStep?.(...told));
}
