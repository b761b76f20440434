/** Entries that no tree has: the tar reader and GNU tar read what was meant. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { TarReader } from '../../../../src/core/tar/TarReader';
import { type NewEntry, encodeEntry, endOfArchive } from '../../../../src/core/tar/encodeEntry';
import type { TarEntry } from '../../../../src/core/tar/tarEntry';
import { seeded } from '../../../seed';

function read(archive: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = new TarReader({
    onEntry: (entry) => {
      entries.push(entry);
      return 'drop';
    },
  });
  reader.push(archive);
  reader.end();
  return entries;
}

const name = fc
  .uint8Array({ minLength: 1, maxLength: 250 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte))));
const id = fc.nat(2 ** 32 - 2);

describe('an entry of ours', () => {
  it('is read as it is', () => {
    const entries = fc.record({
      ...{ name, type: fc.constantFrom('char' as const, 'block' as const), uid: id, gid: id },
      ...{ mode: fc.nat(0o7777), major: fc.nat(0xfff), minor: fc.nat(0xfffff) },
      mtime: fc.tuple(fc.nat(), fc.nat(8)).map(([one, two]) => `${one}${two ? `.${two}` : ''}`),
      xattrs: fc
        .dictionary(fc.stringMatching(/^(user|trusted)\.[a-z]{1,9}$/), fc.uint8Array())
        .map((all) => new Map(Object.entries(all).map(([key, one]) => [key, Buffer.from(one)]))),
    });
    fc.assert(
      fc.property(entries, (entry) => {
        const [got] = read(Buffer.concat([encodeEntry(entry), endOfArchive]));
        const rest = { contentAt: got!.contentAt, size: 0, linkName: Buffer.alloc(0) };
        assert.deepEqual(got, { ...entry, ...rest });
      }),
      seeded('entries', 300),
    );
  });

  it('has ACLs under their own names, and others with those of xattrs', () => {
    const xattrs = new Map([
      ['SCHILY.acl.access', Buffer.from('user::rw-')],
      ['user.a', Buffer.from('b')],
    ]);
    const entry: NewEntry = { name: Buffer.from('x'), type: 'file', mode: 0o644, xattrs };
    const bytes = encodeEntry(entry);
    assert.match(
      bytes.toString('latin1'),
      / SCHILY\.acl\.access=user::rw-\n.*SCHILY\.xattr\.user\.a=b\n/s,
    );
    assert.deepEqual(read(Buffer.concat([bytes, endOfArchive]))[0]?.xattrs, xattrs);
  });

  it('of more than 8 GiB is one block, which GNU tar reads too', () => {
    const size = 2 ** 40 + 5;
    const header = encodeEntry({ name: Buffer.from('large'), type: 'file', mode: 0o644, size });
    assert.equal(header.length, 512);
    const entries: TarEntry[] = [];
    new TarReader({
      onEntry: (entry) => {
        entries.push(entry);
        return 'drop';
      },
    }).push(header);
    assert.equal(entries[0]?.size, size);
    const listed = spawnList(header);
    assert.match(listed, new RegExp(`${size} .*large`));
  });

  /** It ends with an error, because the content is missing. */
  function spawnList(archive: Buffer): string {
    const script = 'tar -tvf - 2>/dev/null || true';
    return execFileSync('sh', ['-c', script], { input: archive, encoding: 'utf8' });
  }
});
