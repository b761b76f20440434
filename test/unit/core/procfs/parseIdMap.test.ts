import assert from 'node:assert/strict';
import { idInside, overflowId, parseIdMap } from '../../../../src/core/procfs/parseIdMap';

describe('parseIdMap', () => {
  const map = parseIdMap('         0       1000          1\n         1     100000      65536\n');

  it('reads the extents that the kernel prints', () => {
    assert.deepEqual(map, [
      { inside: 0, outside: 1000, count: 1 },
      { inside: 1, outside: 100000, count: 65536 },
    ]);
  });

  it('translates ids from outside to inside', () => {
    assert.deepEqual(
      [1000, 100000, 165535].map((id) => idInside(map, id)),
      [0, 1, 65536],
    );
  });

  it('shows ids without a mapping as the overflow id, as the kernel does', () => {
    assert.deepEqual(
      [0, 999, 1001, 165536].map((id) => idInside(map, id)),
      [overflowId, overflowId, overflowId, overflowId],
    );
  });

  it('rejects a line that is none, naming it', () => {
    assert.throws(() => parseIdMap('0 1000\n'), /0 1000/);
  });
});
