/** What a page of the usage panel left: taken where it can be read whole, else not at all. */
import assert from 'node:assert/strict';
import { maxSamples } from '../../../../src/core/tree/usage';
import { parseUsageState } from '../../../../src/ui/views/usage/usageState';

describe('the state of a usage panel', () => {
  const sample = { at: 7, cpu: 1, memory: 2, isUpperBound: true, processes: 3 };
  const gap = { at: 8, cpu: null, memory: null, processes: null };
  const state = { id: '0123456789abcdef', name: 'box', samples: [sample, gap], bootedAt: 1e9 };

  it('is what the page says, after a reload', () => {
    assert.deepEqual(parseUsageState(JSON.parse(JSON.stringify(state))), state);
  });

  it('is none where a part of it is of another kind', () => {
    for (const bad of [
      ...[undefined, null, 'box', {}, { ...state, id: 1 }, { ...state, name: undefined }],
      ...[
        { ...state, bootedAt: '1' },
        { ...state, bootedAt: NaN },
        { ...state, samples: {} },
      ],
      ...[
        { ...state, samples: [null] },
        { ...state, samples: [{ ...sample, at: '7' }] },
      ],
      ...[{ ...state, samples: [{ ...sample, cpu: 'much' }] }],
      ...[{ ...state, samples: [{ ...sample, isUpperBound: 1 }] }],
      { ...state, samples: Array<object>(maxSamples + 1).fill(sample) },
    ])
      assert.equal(parseUsageState(bad), undefined, JSON.stringify(bad)?.slice(0, 200));
  });
});
