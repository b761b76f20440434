/** What a start makes of its plan, once for each plan (keptPlans.ts). For launchByProgram.ts. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { type ProgramFacts, encodeProgram, reportsOf } from '../../../core/sequence/encodeProgram';
import { type StartPlan, type Step, stepsOf } from '../../../core/sequence/step';
import type { PlannedStart } from '../shared/StartLooks';

export interface PreparedPlan {
  readonly steps: readonly Step[];
  /** How many reports each step makes. */
  readonly operations: readonly number[];
  /** For the last look: a `PlannedStart` as JSON. */
  readonly toVerify: string;
}

/** What the same plan is encoded with may change: a tool that was found elsewhere. */
interface Encoded {
  readonly facts: string;
  readonly bytes: Buffer;
}

const prepared = new WeakMap<StartPlan, PreparedPlan>();
const encoded = new WeakMap<StartPlan, Encoded>();

export function preparedPlan(bundle: Bundle, plan: StartPlan): PreparedPlan {
  const known = prepared.get(plan);
  if (known) return known;
  const { path, name, rootfs, config } = bundle;
  const planned: PlannedStart = {
    bundle: { path, name, rootfs, config },
    plan: { rootfs: plan.rootfs, cgroup: plan.cgroup },
  };
  const made = {
    steps: stepsOf(plan),
    operations: reportsOf(plan),
    toVerify: JSON.stringify(planned),
  };
  prepared.set(plan, made);
  return made;
}

/** As encodeProgram. @param tools those that the plan names, by their names */
export function encodedPlan(
  plan: StartPlan,
  given: Omit<ProgramFacts, 'toolOf'>,
  tools: Readonly<Record<string, string>>,
): Buffer {
  const facts = JSON.stringify([given, tools]);
  const known = encoded.get(plan);
  if (known?.facts === facts) return known.bytes;
  const bytes = encodeProgram(plan, { ...given, toolOf: (name) => tools[name] ?? name });
  encoded.set(plan, { facts, bytes });
  return bytes;
}
