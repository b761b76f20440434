/** The tar reader: what it understands, passes on and refuses, however the archive is cut into pieces. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TarReader, type Verdict } from '../../../../src/core/tar/TarReader';
import type { TarEntry } from '../../../../src/core/tar/tarEntry';
import { encodePaxRecords, parsePaxRecords } from '../../../../src/core/tar/paxRecords';
import { type EntryOfTest, paxEntry, tarEntries, tarOf } from '../../../archives';

function read(
  archive: Buffer,
  verdict: (entry: TarEntry) => Verdict = () => 'keep',
  cuts: readonly number[] = [],
) {
  const entries: TarEntry[] = [];
  const passed: Buffer[] = [];
  const reader = new TarReader({
    onEntry: (entry) => {
      entries.push({ ...entry, name: Buffer.from(entry.name) });
      return verdict(entry);
    },
    pass: (bytes) => passed.push(Buffer.from(bytes)),
  });
  let at = 0;
  for (const cut of [...cuts, archive.length]) {
    reader.push(archive.subarray(at, Math.max(at, cut)));
    at = Math.max(at, cut);
  }
  reader.end();
  return { entries, passed: Buffer.concat(passed), ended: reader.ended };
}
const names = ({ entries }: ReturnType<typeof read>) => entries.map(({ name }) => name.toString());

describe('the tar reader', () => {
  const entries: EntryOfTest[] = [
    { name: 'etc/', type: '5', mode: 0o755 },
    paxEntry({ path: `etc/${'ä'.repeat(90)}`, 'SCHILY.xattr.user.a': 'b' }),
    { name: 'etc/short', content: 'x'.repeat(700), uid: 5, gid: 6, mode: 0o4755 },
    { name: '././@LongLink', type: 'L', content: `${'long/'.repeat(40)}\0` },
    { name: 'long', type: '2', linkName: 'etc' },
    { name: 'node', type: '3', major: 1, minor: 3 },
    { name: 'hard', type: '1', linkName: 'etc/short', size: 700 },
  ];
  // A hard link has no content, whatever its size.
  const archive = tarOf(...entries);

  it('refuses a header with any other byte in it, wherever in memory it lies', () => {
    const one = tarOf({ name: 'a', content: '' });
    const changes = fc.record({
      at: fc.nat(511),
      by: fc.integer({ min: 1, max: 255 }),
      start: fc.nat(7),
    });
    fc.assert(
      fc.property(changes, ({ at, by, start }) => {
        const memory = Buffer.alloc(one.length + 8);
        one.copy(memory, start);
        const moved = memory.subarray(start, start + one.length);
        assert.deepEqual(names(read(moved)), ['a']);
        moved[at] = (moved[at]! + by) % 256;
        // Among the digits of the sum are some that mean the same.
        if (at < 148 || at >= 156) assert.throws(() => read(moved), /checksum is wrong/);
      }),
    );
  });

  it('passes on, byte for byte, what is kept, in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(archive.length), { maxLength: 20 }), (cuts) => {
        const result = read(
          archive,
          undefined,
          [...cuts].sort((a, b) => a - b),
        );
        assert.deepEqual(result.passed, tarEntries(entries));
        assert.equal(result.entries.length, 5);
        assert.ok(result.ended);
      }),
    );
  });

  it('reads long names, numbers, links and xattrs', () => {
    const { entries: found } = read(archive);
    assert.equal(found[1]!.name.toString(), `etc/${'ä'.repeat(90)}`);
    assert.deepEqual([...found[1]!.xattrs], [['user.a', Buffer.from('b')]]);
    assert.deepEqual([found[1]!.uid, found[1]!.gid, found[1]!.mode], [5, 6, 0o4755]);
    assert.equal(found[2]!.name.toString(), 'long/'.repeat(40));
    assert.deepEqual([found[3]!.type, found[3]!.major, found[3]!.minor], ['char', 1, 3]);
    assert.equal(found[4]!.size, 0);
  });

  it('leaves out what is dropped with all that belongs to it', () => {
    const { passed } = read(archive, ({ type }) => (type === 'file' ? 'drop' : 'keep'));
    assert.deepEqual(passed, tarEntries([entries[0]!, ...entries.slice(3)]));
  });

  it('writes changes as extended records', () => {
    const { passed } = read(archive, ({ type }) =>
      type === 'file' ? { uid: 9, gid: 3_000_000, xattrs: new Map() } : 'keep',
    );
    const again = read(Buffer.concat([passed, Buffer.alloc(1024)])).entries;
    assert.deepEqual([again[1]!.uid, again[1]!.gid, again[1]!.xattrs.size], [9, 3_000_000, 0]);
    assert.equal(again[1]!.name.toString(), `etc/${'ä'.repeat(90)}`);
  });

  it('keeps global records for the entries that follow', () => {
    const global = tarOf(paxEntry({ uid: '77', comment: 'x' }, 'g'), { name: 'a' }, { name: 'b' });
    const { passed, entries: found } = read(global);
    assert.deepEqual(
      found.map(({ uid }) => uid),
      [77, 77],
    );
    assert.deepEqual(
      read(Buffer.concat([passed, Buffer.alloc(1024)])).entries.map(({ uid }) => uid),
      [77, 77],
    );
  });

  it('stops at the mark of the end', () => {
    assert.deepEqual(names(read(Buffer.concat([tarOf({ name: 'a' }), Buffer.from('garbage')]))), [
      'a',
    ]);
  });

  it('refuses what is damaged, cut off or of an unknown type', () => {
    assert.throws(() => read(archive.subarray(0, 3 * 512 + 100)), { code: 'tar-truncated' });
    assert.throws(() => read(Buffer.alloc(512, 'x')), { code: 'tar-damaged' });
    assert.throws(() => read(tarOf({ name: 'a', type: 'M' })), { code: 'tar-unsupported' });
    const bad = Buffer.from(archive);
    bad[0] = 0x7a;
    assert.throws(() => read(bad), { code: 'tar-damaged' });
    const lie = tarOf({ name: 'x', type: 'x', content: '99 path=a\n' }, { name: 'b' });
    assert.throws(() => read(lie), { code: 'tar-damaged' });
  });

  describe('refuses what GNU tar reads otherwise: its next header would be in the content', () => {
    const content = tarEntries([{ name: 'hidden', content: 'x', mode: 0o4755 }]);
    const size = String(content.length);
    const cases: Record<string, EntryOfTest[]> = {
      'a file whose name ends with a slash': [{ name: 'd/', content }],
      'such a long name': [paxEntry({ path: 'd/' }), { name: 'd', type: '7', content }],
      'two extended headers': [paxEntry({ size }), paxEntry({ path: 'a' }), { name: 'a' }],
      'one of them of Solaris': [paxEntry({ size }), paxEntry({ path: 'a' }, 'X'), { name: 'a' }],
      'a blank before a key': [
        { name: 'pax', type: 'x', content: '10  size=0\n' },
        { name: 'a', content },
      ],
      'a size of a sparse file that is none': [
        paxEntry({ 'GNU.sparse.realsize': '0' }),
        { name: 'a', content },
      ],
      'a sparse file of version 0': [
        paxEntry({ 'GNU.sparse.major': '0', 'GNU.sparse.size': '0' }),
        { name: 'a', content },
      ],
      'a map larger than its file': [
        paxEntry({ 'GNU.sparse.map': '0,512,4096,1024', 'GNU.sparse.size': '9999' }),
        { name: 'a', content: 'x'.repeat(1024) },
      ],
      'such a map of version 1.0': [
        paxEntry({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }),
        { name: 'a', content: `2\n0\n512\n4096\n513\n`.padEnd(512, '\0') + 'x'.repeat(1024) },
      ],
      'a map of version 1.0 that is not whole': [
        paxEntry({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }),
        { name: 'a', content: '9\n0\n5\n' },
      ],
      'a map of version 1.0 that is none': [
        paxEntry({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }),
        { name: 'a', content: 'none\n'.padEnd(512, '\0') },
      ],
      'a map of version 0.0': [
        paxEntry({ 'GNU.sparse.numbytes': '512', 'GNU.sparse.size': '512' }),
        { name: 'a', content: 'x'.repeat(512) },
      ],
      'a list of what was in a folder': [paxEntry({ 'GNU.dumpdir': 'x' }), { name: 'a', content }],
    };
    for (const [what, list] of Object.entries(cases))
      it(what, () => {
        assert.throws(() => read(tarOf(...list)), { code: 'tar-damaged' });
      });

    it('and reads a sparse file whose map fits', () => {
      const list = [
        paxEntry({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }),
        { name: 'a', content: `2\n0\n512\n4096\n512\n`.padEnd(512, '\0') + 'x'.repeat(1024) },
        paxEntry({ 'GNU.sparse.map': '0,512,4096,512', 'GNU.sparse.size': '9999' }),
        { name: 'b', content: 'x'.repeat(1024) },
        { name: 'c' },
      ];
      const archive = tarOf(...list);
      assert.deepEqual(names(read(archive)), ['a', 'b', 'c']);
      const everywhere = Array.from({ length: archive.length }, (_, at) => at);
      assert.deepEqual(names(read(archive, undefined, everywhere)), ['a', 'b', 'c']);
    });

    for (const bytes of [1024, 1025])
      it(`and an old sparse file with ${bytes} of 1024 bytes in its map`, () => {
        const archive = tarOf({ name: 'a', type: 'S', content: 'x'.repeat(1024) }, { name: 'b' });
        const block = archive.subarray(0, 512);
        block.write('00000000000', 386);
        block.write(bytes.toString(8).padStart(11, '0'), 398);
        const sum = block.reduce((all, byte, at) => all + (at < 148 || at >= 156 ? byte : 32), 0);
        block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
        if (bytes === 1024) assert.deepEqual(names(read(archive)), ['a', 'b']);
        else assert.throws(() => read(archive), { code: 'tar-damaged' });
      });

    it('and forgets the extended header of a volume', () => {
      const label = tarOf(
        paxEntry({ size }),
        { name: 'v', type: 'V' },
        { name: 'a' },
        { name: 'b' },
      );
      assert.deepEqual(names(read(label)), ['a', 'b']);
    });

    it('and changes no name that it has asked about', () => {
      const two = [
        paxEntry({ path: 'asked' }),
        { name: '././@LongLink', type: 'L', content: 'other\0' },
        { name: 'c' },
      ];
      const { passed, entries: found } = read(tarOf(...two), () => ({ uid: 1 }));
      assert.equal(found[0]!.name.toString(), 'asked');
      assert.deepEqual(names(read(Buffer.concat([passed, Buffer.alloc(1024)]))), ['asked']);
    });
  });

  it('keeps no global headers without end', () => {
    const value = 'x'.repeat(40_000);
    const global = [paxEntry({ a: value }, 'g'), paxEntry({ b: value }, 'g')];
    assert.throws(() => read(tarOf(...global, { name: 'a' })), { code: 'tar-damaged' });
  });

  it('fails for nothing else, and never by running on', () => {
    fc.assert(
      fc.property(fc.nat(archive.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(archive);
        changed[at] = byte;
        try {
          read(changed);
        } catch (error) {
          assert.match(String((error as { code?: string }).code), /^tar-/);
        }
      }),
    );
  });

  it('reads the records that it has written', () => {
    const key = fc.stringMatching(/^[A-Za-z.]{1,20}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.uint8Array({ maxLength: 120 })), (values) => {
        const records = new Map(
          Object.entries(values).map(([name, value]) => [name, Buffer.from(value)]),
        );
        assert.deepEqual(parsePaxRecords(encodePaxRecords(records)), records);
      }),
    );
  });
});
