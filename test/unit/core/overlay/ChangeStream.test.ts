import assert from 'node:assert/strict';
import { ChangeStream } from '../../../../src/core/overlay/ChangeStream';
import type { LayerDelta } from '../../../../src/protocol/layer';

const bytes = (...words: string[]) => Buffer.from(words.map((word) => `${word}\0`).join(''));
const change = (kind: string, path: string, { types = 'ff', origin = '', size = '1' } = {}) => [
  ...[kind, types, '', origin, size, '', path],
];
const added = (path: string) => change('added', path, { types: 'f-' });
const shown = (delta: LayerDelta | undefined) =>
  delta && {
    ...(delta.full ? { full: true } : {}),
    ...(delta.more ? { more: true } : {}),
    gone: delta.gone,
    changes: delta.changes.map(({ kind, path, from }) => [kind, from, path].join(' ')),
  };

describe('ChangeStream', () => {
  let stream: ChangeStream;
  const push = (...words: string[]) => shown(stream.push(bytes(...words)));
  beforeEach(() => {
    stream = new ChangeStream();
  });

  it('says all of the first report, and then what is different', () => {
    assert.deepEqual(push('at', '.', ...added('a'), ...added('b/c'), 'done'), {
      ...{ full: true, gone: [], changes: ['added  a', 'added  b/c'] },
    });
    assert.deepEqual(push('at', 'b', ...added('b/d'), 'done'), {
      ...{ gone: ['b/c'], changes: ['added  b/d'] },
    });
    assert.equal(push('at', 'a', ...added('a'), 'done'), undefined);
    assert.deepEqual(push('at', '.', ...added('b/d'), 'done'), { gone: ['a'], changes: [] });
  });

  it('says an empty list too, once', () => {
    assert.deepEqual(push('at', '.', 'done'), { full: true, gone: [], changes: [] });
    assert.equal(push('at', '.', 'done'), undefined);
    assert.equal(push('done'), undefined);
  });

  it('drops what lies below a path, and nothing that begins like it', () => {
    push('at', '.', ...added('a'), ...added('a/b'), ...added('ab'), 'done');
    assert.deepEqual(push('at', 'a', 'done')?.gone, ['a', 'a/b']);
  });

  it('reads reports in whatever pieces they come, and several at once', () => {
    const all = Buffer.concat([
      bytes('at', '.', ...added('ä'), ...added('done'), 'done'),
      bytes('at', 'done', 'done', 'at', 'more', ...added('more'), 'done'),
    ]);
    for (let size = 1; size <= all.length; size++) {
      stream = new ChangeStream();
      const rows = new Set<string>();
      for (let at = 0; at < all.length; at += size) {
        const delta = stream.push(all.subarray(at, at + size));
        delta?.gone.forEach((path) => rows.delete(path));
        delta?.changes.forEach(({ path }) => rows.add(path));
      }
      assert.deepEqual([...rows].sort(), ['more', 'ä'], `pieces of ${size} bytes`);
    }
  });

  it('knows a rename whose two halves come one after the other', () => {
    const deleted = change('deleted', 'old', { types: '-f', origin: '01:aa' });
    const copy = change('added', 'new', { types: 'f-', origin: '01:aa' });
    push('at', '.', ...copy, 'done');
    assert.deepEqual(push('at', 'old', ...deleted, 'done'), {
      ...{ gone: [], changes: ['renamed old new'] },
    });
    assert.deepEqual(push('at', 'new', 'done'), { gone: ['new'], changes: ['deleted  old'] });
  });

  it('says that there are more until all is read again', () => {
    assert.equal(push('at', '.', ...added('a'), 'more')?.more, true);
    assert.equal(push('at', 'b', ...added('b'), 'done')?.more, true);
    assert.deepEqual(push('at', '.', ...added('a'), ...added('b'), 'done'), {
      ...{ gone: [], changes: [] },
    });
  });

  it('keeps no more bytes than can be sent, and takes more again once some are gone', () => {
    const long = (name: string) => `${name}/${'x'.repeat(1_000_000)}`;
    const four = ['a', 'b', 'c', 'd'].map(long);
    const first = stream.push(bytes('at', '.', ...four.flatMap(added), 'done'));
    assert.deepEqual([first?.changes.length, first?.more], [4, false]);
    const second = stream.push(bytes('at', 'e', ...added(long('e')), 'done'));
    assert.deepEqual([second?.changes.length, second?.more], [0, true]);
    const third = stream.push(bytes('at', 'a', 'at', 'e', ...added(long('e')), 'done'));
    assert.deepEqual([third?.changes.length, third?.gone.length], [1, 1]);
  });

  it('refuses what is no report', () => {
    assert.throws(() => push('at', '.', 'unheard', 'f-', '', '', '1', '', 'x', 'done'), {
      code: 'changes-unreadable',
    });
  });
});
