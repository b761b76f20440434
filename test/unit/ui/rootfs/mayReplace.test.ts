/** When a save of a file that has changed meanwhile goes on. */
import assert from 'node:assert/strict';
import { mayReplace } from '../../../../src/ui/rootfs/mayReplace';

describe('mayReplace', () => {
  const read = { tag: 'a', size: 4, mtime: 1000 };

  it('lets a save go on where nothing has changed, or nothing was read', () => {
    assert.equal(mayReplace(read, read, undefined), true);
    assert.equal(mayReplace(undefined, read, undefined), true);
  });

  it('leaves to VS Code what that asks of: newer and of another size', () => {
    assert.equal(mayReplace(read, { tag: 'b', size: 5, mtime: 1001 }, undefined), true);
  });

  it('refuses all other changes once', () => {
    for (const now of [
      { tag: 'b', size: 4, mtime: 1001 },
      { tag: 'b', size: 5, mtime: 1000 },
      { tag: 'b', size: 5, mtime: 900 },
      { tag: 'b', size: 4, mtime: 1000 },
    ]) {
      assert.equal(mayReplace(read, now, undefined), false);
      assert.equal(mayReplace(read, now, 'b'), true, 'saved once more');
      assert.equal(mayReplace(read, now, 'c'), false, 'it has changed once more');
    }
  });
});
