/**
 * A planStart that keeps its last plans: it is pure, so of the same bundle and the same facts it makes the same plan.
 * What it was given is compared as V8 writes it down, which takes less time than to plan. Kept by `serve`.
 */
import { serialize } from 'node:v8';
import { planStart } from '../../../core/sequence/planStart';
import type { StartPlan } from '../../../core/sequence/step';
import type { PlanStart } from '../shared/Engine';

/** As many as there are configurations kept (knownConfigs.ts). */
const most = 8;

/** @param plan planStart */
export function keptPlans(plan: PlanStart = planStart): PlanStart {
  const kept: { readonly given: Buffer; readonly plan: StartPlan }[] = [];
  return (bundle, facts) => {
    if (facts.cgroup) return plan(bundle, facts); // each has one of another name
    const given = serialize([bundle, facts]);
    const at = kept.findIndex((one) => one.given.equals(given));
    const one = kept[at] ?? { given, plan: plan(bundle, facts) };
    if (at >= 0) kept.splice(at, 1);
    kept.unshift(one);
    kept.splice(most);
    return one.plan;
  };
}
