import assert from 'node:assert/strict';
import { UsageHistory, maxSamples, totalOf, usageOf } from '../../../../src/core/tree/usage';
import { processInfo } from '../../processInfo';

describe('what a container used', () => {
  const sample = (at: number) => ({ at, cpu: 1, memory: 2, processes: 3 });

  it('is the sum of its processes, with what they share divided where the kernel tells it', () => {
    const infos = [
      processInfo(1, { cpu: 30, rss: 8192, pss: 4096 }),
      processInfo(2, { cpu: 12, rss: 100 }),
    ];
    assert.deepEqual(usageOf(infos, 7), {
      ...{ at: 7, cpu: 42, memory: 4196, isUpperBound: true, processes: 2 },
    });
  });

  it('is not known while some of it is still to be read, rather than many times too high', () => {
    const known = processInfo(1, { rss: 8192, pss: 4096 });
    const fresh = processInfo(2, { rss: 8192, pssUnread: true });
    assert.equal(usageOf([known, fresh], 7).memory, null);
    assert.deepEqual(totalOf([known, fresh]), {
      ...{ cpu: 0, memory: 12_288, isUpperBound: false, isPending: true, processes: 2 },
    });
    assert.equal(usageOf([known, { ...known, pid: 2 }], 7).isUpperBound, false);
  });

  it('goes on from what was known before, with a gap', () => {
    const history = new UsageHistory([sample(1), sample(2)]);
    history.add(sample(20));
    assert.deepEqual(
      history.samples.map(({ at, cpu }) => [at, cpu]),
      [
        [1, 1],
        [2, 1],
        [3, null],
        [20, 1],
      ],
    );
  });

  it('is remembered for a bounded time', () => {
    const history = new UsageHistory();
    for (let at = 0; at < maxSamples + 100; at++) history.add(sample(at));
    assert.equal(history.samples.length, maxSamples);
    assert.equal(history.last?.at, maxSamples + 99);
    assert.equal(history.samples[0]?.at, 100);
  });

  it('has a gap where not measured', () => {
    const history = new UsageHistory();
    assert.deepEqual(history.add(sample(10)), [sample(10)]);
    assert.deepEqual(history.add(sample(12)), [sample(12)]);
    assert.deepEqual(history.add(sample(60)), [
      { at: 13, cpu: null, memory: null, processes: null },
      sample(60),
    ]);
  });
});
