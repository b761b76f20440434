/**
 * How a plan is carried out where it waits before each step: what goes together, where a shell can be opened,
 * and the system calls of each step. Pure; for the engine, and for who waits.
 */
import type { AnsweredCall } from '../../protocol/steps';
import { type StartPlan, type Step, stepsOf } from './step';
import { type KnownOfHost, callFacts, systemCalls } from './systemCalls';

export interface StepwisePlan {
  readonly steps: readonly Step[];
  /** For each step the one before which it waits: those with the same one are carried out together. */
  readonly gates: readonly number[];
  /** Before this step, and from then on, PID 1 is there and its ids are known. */
  readonly shellFrom: number;
  /** Before this step, and from then on, its root is that of the container; none by hand. */
  readonly ownRootFrom: number | undefined;
  /** Of each step, with the answers that they have where nothing fails. @param pid of PID 1, once it is known */
  calls(pid?: number): AnsweredCall[][];
}

export function stepwisePlan(plan: StartPlan, host: Omit<KnownOfHost, 'pid'>): StepwisePlan {
  const steps = stepsOf(plan);
  const unshare = steps.indexOf(plan.unshare);
  const maps = plan.writeIdMaps.map((step) => steps.indexOf(step));
  const pivot = steps.findIndex(({ kind }) => kind === 'pivotRoot');
  return {
    steps,
    gates: gatesOf(plan, steps),
    shellFrom: Math.max(unshare, ...maps) + 1,
    ownRootFrom: pivot < 0 ? undefined : pivot + 1,
    calls: (pid) => {
      const facts = callFacts(plan, { ...host, pid });
      return steps.map((step) => systemCalls(step, facts));
    },
  };
}

function gatesOf(plan: StartPlan, steps: readonly Step[]): number[] {
  const gates = steps.map((_, index) => index);
  const together = (first: number, last: number) => gates.fill(first, first, last + 1);
  const [unshare, payload] = [plan.unshare, plan.payload].map((step) => steps.indexOf(step)) as [
    number,
    number,
  ];
  if (plan.way === 'hand') {
    // One typed line.
    together(steps.indexOf(plan.session), payload);
    return gates;
  }
  // PID 1 is born in its cgroup and in namespaces that are there already (clone(2)).
  const beside = [plan.cgroup?.steps.at(-1), plan.join, plan.switchUser]
    .filter((step) => step !== undefined)
    .map((step) => steps.indexOf(step));
  together(Math.min(unshare, ...beside), unshare);
  const filter = steps.findIndex(({ kind }) => kind === 'filter');
  if (filter >= 0) {
    const drop = steps.findIndex(({ kind }) => kind === 'dropPrivileges');
    if (filtersEarly(steps[drop])) together(drop, filter);
    else together(filter, payload);
  }
  return gates;
}

/** Without no_new_privs it takes a capability to load a filter (seccomp(2)), which PID 1 gives up then. */
function filtersEarly(step: Step | undefined): boolean {
  return step?.kind === 'dropPrivileges' && step.privileges.noNewPrivileges !== true;
}
