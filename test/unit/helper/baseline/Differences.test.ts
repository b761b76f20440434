import assert from 'node:assert/strict';
import { Differences } from '../../../../src/helper/baseline/Differences';
import type { Entry } from '../../../../src/helper/baseline/entry';
import { type LayerChange, maxChanges } from '../../../../src/protocol/layer';

const file = (path: string, values: Partial<Entry> = {}): Entry => ({
  ...{ path, type: 'f', mode: 0o644, uid: 0, gid: 0, size: 5, mtime: '1.000000000' },
  ...{ ctime: undefined, inode: path, link: undefined, device: undefined, sha256: path },
  ...{ attributes: '', text: undefined, isClosed: false, ...values },
});
const folder = (path: string) => file(path, { type: 'd', size: 0, sha256: undefined });
const shown = (changes: readonly LayerChange[]) =>
  changes.map(({ kind, from, path }) => `${kind} ${from === undefined ? '' : `${from} → `}${path}`);

describe('Differences', () => {
  it('tells a folder that is gone as one, and what was renamed out of it', () => {
    const found = new Differences();
    for (const one of [folder('a'), file('a/1'), folder('a/b'), file('a/b/2'), file('a-')])
      found.deleted(one);
    found.added(file('new', { inode: 'a/b/2' }));
    assert.deepEqual(shown(found.changes).sort(), [
      'deleted a',
      'deleted a-',
      'renamed a/b/2 → new',
    ]);
  });

  it('names a copy after the file that is gone, where the content is the same', () => {
    const found = new Differences();
    found.deleted(file('old'));
    found.deleted(file('other', { size: 7 }));
    found.added(file('copy'));
    found.added(file('large', { size: 8 }));
    found.added(file('pipe', { type: 'p' }));
    assert.deepEqual(found.maybeRenamed, ['copy']);
    found.hasContent('copy', 'old');
    assert.deepEqual(shown(found.changes), [
      'renamed old → copy',
      ...['added large', 'added pipe', 'deleted other'],
    ]);
  });

  it('renames one file once, though several have its inode', () => {
    const found = new Differences();
    found.deleted(file('old'));
    found.added(file('one', { inode: 'old' }));
    found.added(file('two', { inode: 'old' }));
    assert.deepEqual(shown(found.changes), ['renamed old → one', 'added two']);
  });

  it('tells of an owner only where both are known, and of no mode of a link', () => {
    const found = new Differences();
    found.different('metadata', file('a', { uid: undefined }), file('a', { uid: 5 }));
    found.different('metadata', file('l', { type: 'l' }), file('l', { type: 'l', mode: 0o777 }));
    found.different('metadata', file('b'), file('b'));
    assert.equal(found.changes.length, 0);
    found.different('metadata', file('c'), file('c', { gid: 5, mode: 0o600 }));
    const [change] = found.changes;
    assert.ok(change?.mode && change.owner && !change.attributes);
  });

  it('tells of attributes only where they are known on both sides', () => {
    const found = new Differences();
    for (const [old, now] of [
      ['', undefined],
      [undefined, 'a'],
      ['a', 'a'],
    ])
      found.different('metadata', file('a', { attributes: old }), file('a', { attributes: now }));
    assert.equal(found.changes.length, 0);
    found.different('metadata', file('b'), file('b', { attributes: 'a' }));
    assert.equal(found.changes[0]?.attributes, true);
  });

  it('ends where there are more than are told', () => {
    const found = new Differences();
    for (let index = 0; index <= maxChanges; index++) found.added(file(`f${index}`));
    assert.ok(found.isCut);
    assert.equal(found.changes.length, maxChanges);
    const long = new Differences();
    for (let index = 0; index < 300; index++) long.added(file(`${index}${'a'.repeat(16_000)}`));
    assert.ok(long.isCut);
  });
});
