/** A start that waits before each of its steps, as its launcher tells of it. Used by both launchers. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import type { StartPlan } from '../../../core/sequence/step';
import { type StepwisePlan, stepwisePlan } from '../../../core/sequence/stepwise';
import type { ContainerCgroup } from '../../cgroup/ContainerCgroup';
import type { StepGate, StepsSoFar, WaitingPid1 } from '../shared/Engine';
import { builtinSession } from './builtinSession';
import { hostRootSession } from './hostRootSession';

export class WaitingStart {
  readonly #stepwise: StepwisePlan;
  #hostPid: number | undefined;

  constructor(
    private readonly bundle: Bundle,
    private readonly plan: StartPlan,
    private readonly gate: StepGate,
    { uid, gid }: Pick<HostFacts, 'uid' | 'gid'>,
    private readonly cgroup?: ContainerCgroup,
  ) {
    this.#stepwise = stepwisePlan(plan, { rootfs: bundle.rootfs, own: { uid, gid } });
    gate.planned(this.#stepwise);
  }

  /** To be called once it is known. */
  pid1(hostPid: number): void {
    this.#hostPid = hostPid;
  }

  /** @param index of any step; resolves where those that go together with it are to be carried out */
  reached(index: number, done: Pick<StepsSoFar, 'isDone' | 'answers'>): Promise<void> {
    const next = this.#stepwise.gates[index] ?? index;
    const pid1 = this.#hostPid === undefined ? undefined : this.#waiting(this.#hostPid, next);
    return this.gate.reached(next, {
      isDone: (step) => done.isDone(step),
      answers: (step) => done.answers(step),
      ...(pid1 ? { pid1 } : {}),
    });
  }

  #waiting(hostPid: number, next: number): WaitingPid1 {
    const { bundle, plan, cgroup } = this;
    const { ownRootFrom } = this.#stepwise;
    const pid1: WaitingPid1 = {
      ...{ bundle, hostPid },
      ...(cgroup ? { cgroup } : {}),
      ...(plan.emulation ? { emulation: plan.emulation } : {}),
      session: (request) => builtinSession(pid1, plan, request),
      ...(ownRootFrom !== undefined && next >= ownRootFrom
        ? {}
        : { onHostRoot: (args) => hostRootSession(bundle, plan, hostPid, args) }),
    };
    return pid1;
  }
}
