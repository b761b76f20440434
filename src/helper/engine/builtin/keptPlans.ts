/**
 * A planStart that keeps its last plans: it is pure, so of the same bundle and the same facts it makes the same plan.
 * What it was given is compared as V8 writes it down, which takes less time than to plan. Kept by `serve`.
 */
import { serialize } from 'node:v8';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { planStart } from '../../../core/sequence/planStart';
import type { StartPlan } from '../../../core/sequence/step';
import type { PlanStart } from '../shared/Engine';

/** As many as there are configurations kept (knownConfigs.ts). */
const most = 8;

interface Kept {
  /** The last objects of this content: they are often the same ones (LooksThread.ts). */
  readonly bundle: Bundle;
  readonly facts: HostFacts;
  readonly given: Buffer;
  readonly plan: StartPlan;
}

/** @param plan planStart */
export function keptPlans(plan: PlanStart = planStart): PlanStart {
  const kept: Kept[] = [];
  return (bundle, facts) => {
    if (facts.cgroup) return plan(bundle, facts); // each has one of another name
    let at = kept.findIndex((one) => one.bundle === bundle && one.facts === facts);
    const given = kept[at]?.given ?? serialize([bundle, facts]);
    if (at < 0) at = kept.findIndex((one) => one.given.equals(given));
    const one = { bundle, facts, given, plan: kept[at]?.plan ?? plan(bundle, facts) };
    if (at >= 0) kept.splice(at, 1);
    kept.unshift(one);
    kept.splice(most);
    return one.plan;
  };
}
