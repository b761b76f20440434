import assert from 'node:assert/strict';
import { describeState } from '../../../../src/core/tree/describe';
import { ProcessState } from '../../../../src/protocol/processes';

describe('describeState', () => {
  it('has a word for every state of the protocol', () => {
    for (const state of ProcessState.options) assert.match(describeState(state), /^[a-z ]+$/);
  });

  it('uses words that need no manual', () => {
    assert.deepEqual((['R', 'S', 'D', 'T', 'Z'] as const).map(describeState), [
      'running',
      'sleeping',
      'waiting for disk',
      'stopped',
      'zombie',
    ]);
  });
});
