/** What crosses between the usage panel and its page, and what VS Code kept: taken whole, or not at all. */
import assert from 'node:assert/strict';
import { maxSamples } from '../../../../../src/core/tree/usage';
import {
  parseUsageMessage,
  parseUsageReady,
  parseUsageState,
} from '../../../../../src/ui/views/usage/parseMessages';

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

  it('comes by messages of the panel, and the page says that it is ready', () => {
    const { samples, bootedAt } = state;
    for (const message of [
      { kind: 'all', samples, bootedAt, ended: false },
      { kind: 'more', samples, bootedAt },
      { kind: 'ended' },
    ]) {
      assert.deepEqual(parseUsageMessage(message), message);
      assert.equal(parseUsageMessage({ ...message, kind: 'other' }), undefined);
    }
    assert.equal(parseUsageMessage({ kind: 'all', samples, bootedAt }), undefined);
    assert.equal(parseUsageMessage({ kind: 'more', samples: [{}], bootedAt }), undefined);
    assert.deepEqual(parseUsageReady({ kind: 'ready' }), { kind: 'ready' });
    assert.equal(parseUsageReady({ kind: 'all' }), undefined);
  });
});
