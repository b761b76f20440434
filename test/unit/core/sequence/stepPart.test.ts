// Every step of every plan has its part, and each part one heading.
import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { startWay } from '../../../../src/core/config/startWay';
import { TerrariumError } from '../../../../src/core/errors';
import { planStart } from '../../../../src/core/sequence/planStart';
import { type StartPlan, stepsOf } from '../../../../src/core/sequence/step';
import { stepParts } from '../../../../src/core/sequence/stepPart';
import { plannedBundles } from './plannedBundles';
import { factsFor, privileges } from './plannedFacts';

function planned(
  bundle: (typeof plannedBundles)[number],
  privilege: (typeof privileges)[number],
): StartPlan[] {
  const { config } = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...bundle.config }));
  const way = startWay(config!) === 'hand' ? 'hand' : 'program';
  const facts = factsFor(privilege, bundle);
  try {
    const box = { path: '/b', name: 'box', rootfs: '/b/rootfs', config: config! };
    return [planStart(box, facts, way)];
  } catch (error) {
    if (error instanceof TerrariumError) return []; // this machine refuses it
    throw error;
  }
}

/** The headings, in their order. */
function headings(plan: StartPlan): string[] {
  const parts = stepParts(plan);
  const all = stepsOf(plan).map((step) => parts.get(step) ?? `none: ${step.id}`);
  return all.filter((part, at) => part !== all[at - 1]);
}

describe('the part of a step', () => {
  it('is known for every step of every plan, and no heading comes twice', () => {
    for (const bundle of plannedBundles)
      for (const privilege of privileges)
        for (const plan of planned(bundle, privilege)) {
          const all = headings(plan);
          assert.ok(!all.some((one) => one.startsWith('none')), all.join());
          assert.deepEqual(all, [...new Set(all)], `${bundle.name}, ${privilege}`);
        }
  });

  it('comes in this order for a Safe bundle', () => {
    const safe = plannedBundles.find(({ name }) => name === 'program-safe')!;
    assert.deepEqual(planned(safe, 'root').map(headings), [
      ['namespaces', 'ids', 'filesystems', 'names', 'root', 'privileges', 'program'],
    ]);
  });
});
