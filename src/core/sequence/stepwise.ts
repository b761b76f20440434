/**
 * How a plan is carried out where it waits before each step: what goes together, where a shell can be opened,
 * and the system calls of each step. Pure; for the engine, and for who waits.
 */
import type { AnsweredCall, PlannedGate } from '../../protocol/steps';
import { gateCommands } from './gateCommands';
import { type StartPlan, type Step, stepsOf } from './step';
import { stepParts } from './stepPart';
import { type KnownOfHost, callFacts, systemCalls } from './systemCalls';

export interface StepwisePlan {
  readonly steps: readonly Step[];
  /** For each step the one before which it waits: those with the same one are carried out together. */
  readonly gates: readonly number[];
  /** The gates themselves, as people count them. */
  readonly firsts: readonly number[];
  readonly byHand: boolean;
  /** Steps whose calls the program tells of as those of one of them, in the order in which it makes them. */
  readonly toldTogether: readonly ToldTogether[];
  /** Before this step, and from then on, PID 1 is there and its ids are known. */
  readonly shellFrom: number;
  /** Before this step, and from then on, its root is that of the container; none by hand. */
  readonly ownRootFrom: number | undefined;
  /** The gates, as people read them. */
  plannedGates(): PlannedGate[];
  /** Of each step, with the answers that they have where nothing fails. @param pid of PID 1, once it is known */
  calls(pid?: number): AnsweredCall[][];
}

export interface ToldTogether {
  readonly as: number;
  readonly steps: readonly number[];
}

export function stepwisePlan(plan: StartPlan, host: Omit<KnownOfHost, 'pid'>): StepwisePlan {
  const steps = stepsOf(plan);
  const unshare = steps.indexOf(plan.unshare);
  const maps = plan.writeIdMaps.map((step) => steps.indexOf(step));
  const pivot = steps.findIndex(({ kind }) => kind === 'pivotRoot');
  const gates = gatesOf(plan, steps);
  const firsts = [...new Set(gates)];
  return {
    ...{ steps, gates, firsts },
    byHand: plan.way === 'hand',
    toldTogether: toldTogether(plan, steps),
    shellFrom: Math.max(unshare, ...maps) + 1,
    ownRootFrom: pivot < 0 ? undefined : pivot + 1,
    plannedGates: () => {
      const parts = stepParts(plan);
      return firsts.map((first) => {
        const behind = steps.filter((_, index) => gates[index] === first);
        // What goes before it is carried out with the last one.
        const part = parts.get(behind.at(-1)!)!;
        return { first, part, commands: gateCommands(behind) };
      });
    },
    calls: (pid) => {
      const facts = callFacts(plan, { ...host, pid });
      return steps.map((step) => systemCalls(step, facts));
    },
  };
}

/** What the kernel does at once, and beside it what is of one group. */
function gatesOf(plan: StartPlan, steps: readonly Step[]): number[] {
  const gates = steps.map((_, index) => index);
  for (const [index, { group }] of steps.entries())
    if (group !== undefined && group === steps[index - 1]?.group) gates[index] = gates[index - 1]!;
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

/** A process between the monitor and PID 1 does what stands before it; who loads a filter early does it first. */
function toldTogether(plan: StartPlan, steps: readonly Step[]): ToldTogether[] {
  const { join, switchUser, unshare, cgroup } = plan;
  const indices = (all: readonly (Step | undefined)[]) =>
    all.filter((step) => step !== undefined).map((step) => steps.indexOf(step));
  const born = [join, switchUser, unshare, cgroup?.steps.at(-1)];
  const filter = steps.find(({ kind }) => kind === 'filter');
  const drop = steps.find(({ kind }) => kind === 'dropPrivileges');
  return [
    { as: steps.indexOf(unshare), steps: indices(born) },
    ...(filter && drop && filtersEarly(drop)
      ? [{ as: steps.indexOf(drop), steps: indices([filter, drop]) }]
      : []),
  ];
}

/** Without no_new_privs it takes a capability to load a filter (seccomp(2)), which PID 1 gives up then. */
function filtersEarly(step: Step | undefined): boolean {
  return step?.kind === 'dropPrivileges' && step.privileges.noNewPrivileges !== true;
}
