import assert from 'node:assert/strict';
import { keepLatest } from '../../../src/core/keepLatest';

describe('keepLatest', () => {
  it('lets go of what was kept the longest ago', () => {
    const map = new Map<string, number>();
    for (const [at, key] of ['a', 'b', 'a', 'c'].entries()) keepLatest(map, key, at, 2);
    assert.deepEqual(
      [...map],
      [
        ['a', 2],
        ['c', 3],
      ],
    );
  });
});
