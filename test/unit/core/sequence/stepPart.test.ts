// Every step of every plan has its part.
import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { startWay } from '../../../../src/core/config/startWay';
import { TerrariumError } from '../../../../src/core/errors';
import { planStart } from '../../../../src/core/sequence/planStart';
import { type Step, stepsOf } from '../../../../src/core/sequence/step';
import { stepPart } from '../../../../src/core/sequence/stepPart';
import { plannedBundles } from './plannedBundles';
import { factsFor, privileges } from './plannedFacts';

function steps(bundle: (typeof plannedBundles)[number], privilege: (typeof privileges)[number]) {
  const { config } = parseConfig(JSON.stringify({ ociVersion: '1.0.2', ...bundle.config }));
  const way = startWay(config!) === 'hand' ? 'hand' : 'program';
  const facts = factsFor(privilege, bundle);
  try {
    return stepsOf(
      planStart({ path: '/b', name: 'box', rootfs: '/b/rootfs', config: config! }, facts, way),
    );
  } catch (error) {
    if (error instanceof TerrariumError) return []; // this machine refuses it
    throw error;
  }
}

describe('the part of a step', () => {
  const all = plannedBundles.flatMap((bundle) =>
    privileges.map((privilege) => steps(bundle, privilege)),
  );

  it('is known for every step of every plan', () => {
    const unknown = all.flat().filter(({ id }) => stepPart(id) === undefined);
    assert.deepEqual([...new Set(unknown.map(({ id }) => id))], []);
    assert.equal(stepPart('none:of/ours'), undefined);
  });

  it('comes once in the plan of a Safe bundle', () => {
    const safe = all[plannedBundles.findIndex(({ name }) => name === 'program-safe') * 4]!;
    const parts = safe.map(({ id }: Step) => stepPart(id));
    assert.deepEqual(
      parts.filter((part, at) => part !== parts[at - 1]),
      ['namespaces', 'ids', 'filesystems', 'names', 'root', 'privileges', 'program'],
    );
  });
});
