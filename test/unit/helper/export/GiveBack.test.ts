/** What the rootfs could not hold is given back to the entries that tar reads of it. */
import assert from 'node:assert/strict';
import { type GivenBack, readNotKept } from '../../../../src/core/image/readNotKept';
import { TarReader } from '../../../../src/core/tar/TarReader';
import type { TarEntry } from '../../../../src/core/tar/tarEntry';
import { GiveBack, type GiveBackOptions } from '../../../../src/helper/export/GiveBack';
import { type EntryOfTest, tarOf } from '../../../archives';

function entriesOf(archive: Buffer): (Partial<TarEntry> & { path: string })[] {
  const entries: (Partial<TarEntry> & { path: string })[] = [];
  const reader = new TarReader({
    onEntry: (entry) => {
      entries.push({ ...entry, path: entry.name.toString() });
      return 'drop';
    },
  });
  reader.push(archive);
  reader.end();
  return entries;
}

function through(
  tree: readonly EntryOfTest[],
  mtree: string,
  options: Partial<GiveBackOptions> = {},
) {
  const records: Map<string, GivenBack> = readNotKept(mtree);
  const giveBack = new GiveBack({
    ...{ records, inLayer: false, areMapped: false, mtime: undefined },
    ...options,
  });
  const passed: Buffer[] = [];
  const reader = new TarReader({
    onEntry: (entry) => giveBack.verdict(entry),
    pass: (bytes) => passed.push(Buffer.from(bytes)),
  });
  reader.push(tarOf(...tree));
  const archive = Buffer.concat([...passed, ...giveBack.left(), Buffer.alloc(1024)]);
  return { entries: entriesOf(archive), giveBack };
}
const folder = (name: string): EntryOfTest => ({ name, type: '5', mode: 0o755 });
const file = (name: string, more: Partial<EntryOfTest> = {}): EntryOfTest => ({ name, ...more });

describe('what is given back', () => {
  it('owners and xattrs, to the files that have the names', () => {
    const mtree = './a uid=3000000 gid=7 xattr.trusted.x=eA==\n./gone uid=1 gid=1\n';
    const { entries, giveBack } = through([folder('./'), file('./a'), file('./b')], mtree);
    assert.deepEqual(
      entries.map(({ path, uid, gid }) => [path, uid, gid]),
      [
        ['./', 0, 0],
        ['./a', 3000000, 7],
        ['./b', 0, 0],
      ],
    );
    assert.deepEqual(entries[1]?.xattrs, new Map([['trusted.x', Buffer.from('x')]]));
    assert.deepEqual(giveBack.owners.told, { count: 1, names: ['/a'] });
  });

  const device = (name: string) => `./${name} type=char mode=0620 device=linux,1,3 uid=0 gid=5\n`;

  it('devices and their further names, where their folder is there', () => {
    const mtree = `./dev/a type=link mode=0000 link=./dev/null uid=0 gid=0\n${device('dev/null')}${device('gone/x')}`;
    const { entries, giveBack } = through([folder('./'), folder('./dev/')], mtree);
    assert.deepEqual(
      entries.slice(2).map(({ path, type, gid, major, minor }) => [path, type, gid, major, minor]),
      [
        ['./dev/null', 'char', 5, 1, 3],
        ['./dev/a', 'link', 0, 0, 0],
      ],
    );
    assert.equal(giveBack.devices.told.count, 2);
  });

  it('no device in the place of a file that is there, and no link to it', () => {
    const mtree = `${device('dev/x')}./dev/y type=link link=./dev/x uid=0 gid=0\n./dev/z type=link link=./etc/shadow uid=0 gid=0\n`;
    const { entries } = through([folder('./dev/'), file('./dev/x', { uid: 9 })], mtree);
    assert.deepEqual(
      entries.map(({ path, uid }) => [path, uid]),
      [
        ['./dev/', 0],
        ['./dev/x', 9],
      ],
    );
  });

  it('no device below a link, or in a folder that is one no more', () => {
    const tree = [{ name: './dev', type: '2', linkName: '/etc' }];
    assert.equal(through(tree, device('dev/x')).entries.length, 1);
  });

  it('root in the place of owners that a user namespace has no id for, unless they are known', () => {
    const tree = [file('./a', { uid: 65534, gid: 65534 }), file('./b', { uid: 65534, gid: 3 })];
    const { entries, giveBack } = through(tree, './a uid=5 gid=6\n', { areMapped: true });
    assert.deepEqual(
      entries.map(({ uid, gid }) => [uid, gid]),
      [
        [5, 6],
        [0, 0],
      ],
    );
    assert.deepEqual(giveBack.foreignOwners.told, { count: 1, names: ['/b'] });
    const asRoot = through(tree, '').entries;
    assert.deepEqual(asRoot[1]?.uid, 65534);
  });

  it('leaves out of a layer what would be a whiteout there', () => {
    const tree = [file('./.wh.etc'), file('./a'), file('./.wh.d/x')];
    assert.equal(through(tree, '').entries.length, 3);
    const { entries, giveBack } = through(tree, '', { inLayer: true });
    assert.deepEqual(
      entries.map(({ path }) => path),
      ['./a'],
    );
    assert.equal(giveBack.whiteouts.told.count, 2);
  });

  it('gives devices the one time where there is one', () => {
    const line = './n type=char mode=0620 device=linux,1,3 time=5.000000007 uid=0 gid=0\n';
    const times = [undefined, '99'].map((mtime) => through([folder('./')], line, { mtime }));
    assert.deepEqual(
      times.map(({ entries }) => entries[1]?.mtime),
      ['5.000000007', '99'],
    );
  });
});
