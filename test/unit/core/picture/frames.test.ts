import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Frame, framesOf } from '../../../../src/core/picture/frames';
import { seeded } from '../../../seed';

const told = (members: readonly (string | Frame)[]): string =>
  members
    .map((one) =>
      typeof one === 'string'
        ? one
        : `{${one.shared.map(({ type, containers }) => `${type} ${containers.join('')}`).join(', ')}: ${told(one.members)}}`,
    )
    .join(' ');
const ofAll = (members: readonly (string | Frame)[]): string[] =>
  members.flatMap((one) => (typeof one === 'string' ? [one] : ofAll(one.members)));

describe('frames of shared namespaces', () => {
  it('stand around those that share, side by side', () => {
    assert.equal(told(framesOf(['a', 'b', 'c'], [])), 'a b c');
    assert.equal(
      told(framesOf(['a', 'b', 'c'], [{ type: 'net', containers: ['a', 'c'] }])),
      '{net ac: a c} b',
    );
  });

  it('stand in each other where some share more', () => {
    const shared = [
      { type: 'net', containers: ['a', 'b', 'c'] },
      { type: 'ipc', containers: ['b', 'c'] },
    ] as const;
    assert.equal(told(framesOf(['a', 'b', 'c'], shared)), '{net abc: a {ipc bc: b c}}');
  });

  it('are one where they would cross, which says who shares what', () => {
    const shared = [
      { type: 'net', containers: ['a', 'b'] },
      { type: 'ipc', containers: ['b', 'c'] },
    ] as const;
    assert.equal(told(framesOf(['a', 'b', 'c'], shared)), '{net ab, ipc bc: a b c}');
  });

  it('hold every container once', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const shared = fc.record({
      type: fc.constantFrom('net' as const, 'ipc' as const),
      containers: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(shared), (all) => {
        assert.deepEqual(ofAll(framesOf(ids, all)).sort(), ids);
      }),
      seeded('shared namespaces', 200),
    );
  });
});
