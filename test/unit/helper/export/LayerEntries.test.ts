/** The upper of a scratch layer as a layer of an image: whiteouts, opaque folders, and no marks of overlayfs. */
import assert from 'node:assert/strict';
import { TarReader } from '../../../../src/core/tar/TarReader';
import { type NewEntry, encodeEntry } from '../../../../src/core/tar/encodeEntry';
import { GiveBack } from '../../../../src/helper/export/GiveBack';
import { LayerEntries } from '../../../../src/helper/export/LayerEntries';

const end = Buffer.alloc(1024);
const named = (name: string) => Buffer.from(name, 'latin1');
const marks = (more: Record<string, string>) =>
  new Map(Object.entries(more).map(([name, text]) => [name, Buffer.from(text)]));

function saved(...entries: (Omit<NewEntry, 'name' | 'mode'> & { readonly path: string })[]) {
  const giveBack = new GiveBack({
    ...{ records: new Map(), inLayer: true, areMapped: false, mtime: '7' },
  });
  const layer = new LayerEntries(giveBack, '7');
  const passed: Buffer[] = [];
  const reader = new TarReader({
    onEntry: (entry) => layer.verdict(entry),
    pass: (bytes) => passed.push(Buffer.from(bytes)),
  });
  for (const { path, ...entry } of entries)
    reader.push(encodeEntry({ ...entry, name: named(path), mode: 0o755 }));
  reader.push(end);
  reader.end();
  const found: string[] = [];
  const check = new TarReader({
    onEntry: ({ name, type, size, xattrs }) => {
      found.push([type, name.toString('latin1'), size, ...xattrs.keys()].join(' '));
      return 'drop';
    },
  });
  check.push(Buffer.concat([...passed, ...layer.left(), end]));
  check.end();
  return { found, giveBack };
}

describe('a layer that is saved', () => {
  it('has whiteouts, of which most are hard links in the upper, at its end', () => {
    const { found, giveBack } = saved(
      { path: './', type: 'dir' },
      { path: './etc/', type: 'dir' },
      { path: './etc/gone\xff', type: 'char' },
      { path: './top', type: 'link', linkName: named('./etc/gone\xff') },
      { path: './etc/again', type: 'link', linkName: named('./top') },
      { path: './etc/null', type: 'char', major: 1, minor: 3 },
      { path: './etc/hard', type: 'link', linkName: named('./etc/null') },
    );
    assert.deepEqual(found, [
      ...['dir ./ 0', 'dir ./etc/ 0', 'char ./etc/null 0', 'link ./etc/hard 0'],
      ...['file ./.wh.top 0', 'file ./etc/.wh.again 0', 'file ./etc/.wh.gone\xff 0'],
    ]);
    assert.equal(giveBack.entries, 7);
  });

  it('says which folders are opaque, and nothing else of what overlayfs has written down', () => {
    const { found } = saved(
      { path: './', type: 'dir', xattrs: marks({ 'user.overlay.impure': 'y' }) },
      { path: './new/', type: 'dir', xattrs: marks({ 'user.overlay.opaque': 'y' }) },
      { path: './x/', type: 'dir', xattrs: marks({ 'user.overlay.opaque': 'x' }) },
      {
        ...{ path: './file', type: 'file' },
        xattrs: marks({ 'user.overlay.origin': '\0', 'user.colour': 'red' }),
      },
    );
    assert.deepEqual(found, [
      ...['dir ./ 0', 'dir ./new/ 0', 'dir ./x/ 0', 'file ./file 0 user.colour'],
      'file ./new/.wh..wh..opq 0',
    ]);
  });

  it('leaves out names that would mean something else', () => {
    const { found, giveBack } = saved(
      { path: './.wh.passwd', type: 'file' },
      { path: './.wh..wh..opq', type: 'char' },
    );
    assert.deepEqual(found, []);
    assert.equal(giveBack.whiteouts.told.count, 2);
  });

  it('knows whiteouts that are links to one whose name it leaves out', () => {
    const { found, giveBack } = saved(
      { path: './.wh.first', type: 'char' },
      { path: './second', type: 'link', linkName: named('./.wh.first') },
      { path: './.wh.third', type: 'link', linkName: named('./second') },
      { path: './fourth', type: 'link', linkName: named('./.wh.third') },
    );
    assert.deepEqual(found, ['file ./.wh.fourth 0', 'file ./.wh.second 0']);
    assert.equal(giveBack.whiteouts.told.count, 2);
  });
});
