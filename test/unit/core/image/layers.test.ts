/** Names of entries, and what a layer takes away. */
import assert from 'node:assert/strict';
import { FolderNames } from '../../../../src/core/image/FolderNames';
import { LayerPlan } from '../../../../src/core/image/LayerPlan';
import { layerNameOf, pathOfEntry } from '../../../../src/core/image/entryName';
import { notKeptLine } from '../../../../src/core/image/notKept';

describe('layers', () => {
  it('an entry is below the root, or is refused', () => {
    const good = [
      ['./a/b/', 'a/b'],
      ['/etc//passwd', 'etc/passwd'],
      ['./', ''],
      ['...', '...'],
    ] as const;
    for (const [name, path] of good) assert.equal(pathOfEntry(Buffer.from(name)), path);
    const bad = ['', '..', 'a/../b', '/..', 'a\0b', 'n'.repeat(256), 'a/'.repeat(2100)];
    for (const name of bad)
      assert.throws(
        () => pathOfEntry(Buffer.from(name)),
        { code: 'entry-outside' },
        name.slice(0, 9),
      );
  });

  it('names that begin with .wh. are no files', () => {
    assert.deepEqual(layerNameOf('a/.wh.b'), { kind: 'whiteout', path: 'a/b' });
    assert.deepEqual(layerNameOf('.wh.b'), { kind: 'whiteout', path: 'b' });
    assert.deepEqual(layerNameOf('a/.wh..wh..opq'), { kind: 'opaque', path: 'a' });
    assert.deepEqual(layerNameOf('.wh..wh.plnk/5'), { kind: 'reserved' });
    assert.deepEqual(layerNameOf('a/.wh..wh.aufs'), { kind: 'reserved' });
    assert.deepEqual(layerNameOf('a/wh.b'), { kind: 'entry' });
    for (const name of ['.wh.', 'a/.wh..', 'a/.wh...'])
      assert.throws(() => layerNameOf(name), { code: 'whiteout-invalid' });
  });

  it('takes away what is hidden, and trees that become files', () => {
    const below = new FolderNames();
    below.add('usr/lib/deep/file', false);
    const plan = new LayerPlan();
    for (const path of ['a/.wh.b', 'c/.wh..wh..opq', 'usr/lib', 'new']) plan.add(path, false);
    plan.add('c', true);
    assert.deepEqual(plan.removals(below), { whole: ['a/b', 'usr/lib'], childrenOf: ['c'] });
  });

  it('follows no name that the layer makes a link', () => {
    const plan = new LayerPlan();
    for (const path of ['a/.wh.passwd', 'a/.wh..wh..opq', 'a/deep/.wh.x', 'a'])
      plan.add(path, false);
    assert.deepEqual(plan.removals(new FolderNames()), { whole: [], childrenOf: [] });
  });

  it('writes down what is not kept as mtree(5) has it', () => {
    const entry = {
      ...{ name: Buffer.from('x'), type: 'char' as const, mode: 0o620, uid: 1, gid: 2, size: 0 },
      ...{ linkName: Buffer.alloc(0), major: 4, minor: 64, contentAt: 0, xattrs: new Map() },
    };
    assert.equal(
      notKeptLine('dev/my tty#', entry, { owner: false, device: true, xattrs: [] }),
      './dev/my\\040tty\\043 type=char mode=0620 device=linux,4,64 uid=1 gid=2\n',
    );
    const xattrs = [['trusted.a=b', Buffer.from('x')]] as const;
    assert.equal(
      notKeptLine('f', entry, { owner: true, device: false, xattrs }),
      './f uid=1 gid=2 xattr.trusted.a\\075b=eA==\n',
    );
  });
});
