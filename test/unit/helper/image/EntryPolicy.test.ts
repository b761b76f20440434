/** What an archive may make without an entry for it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TarEntry } from '../../../../src/core/tar/tarEntry';
import { EntryPolicy } from '../../../../src/helper/image/EntryPolicy';

function entryOf(name: string): TarEntry {
  return {
    ...{ name: Buffer.from(name), type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0 },
    ...{ linkName: Buffer.alloc(0), major: 0, minor: 0, contentAt: 0, xattrs: new Map() },
  };
}

describe('what becomes of an entry', () => {
  const policy = () => new EntryPolicy({ ids: 'all', idCount: 1 }, '/nowhere');

  it('refuses folders without end that have no entry', () => {
    const under = policy();
    const below = 'a/'.repeat(2000);
    const verdicts = () => {
      for (let at = 0; at < 1001; at++) under.verdict(entryOf(`${at}/${below}f`), false);
    };
    assert.throws(verdicts, { code: 'too-many-entries' });
  });

  it('counts none where folders have entries, or files of one folder follow each other', () => {
    const under = policy();
    const top = 'deep/'.repeat(500);
    under.verdict(entryOf(`${top}0`), false);
    for (let at = 1; at < 5000; at++) {
      under.verdict(entryOf(`${top}${at}`), false);
      under.verdict(entryOf(`${top}${at}/f`), false);
    }
  });

  it('is not written down of what a later layer takes away or replaces', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-policy-'));
    try {
      const file = path.join(folder, 'rootfs.mtree');
      const under = new EntryPolicy({ ids: 'own', idCount: 1 }, file);
      const layer = (...names: string[]) => {
        for (const name of names) under.verdict({ ...entryOf(name), uid: 5 }, true);
      };
      layer('stays', 'gone', 'tree/a', 'emptied/b', 'replaced', 'again', 'linked', 'goneby');
      under.removed({ whole: ['gone', 'tree', 'again'], childrenOf: ['emptied'] });
      layer('again');
      under.verdict(entryOf('replaced'), true);
      const link = { type: 'link' as const, linkName: Buffer.from('stays') };
      under.verdict({ ...entryOf('linked'), ...link }, true);
      await under.save(true);
      const lines = readFileSync(file, 'latin1').split('\n');
      const names = lines.filter((line) => line.startsWith('./')).map((line) => line.split(' ')[0]);
      assert.deepEqual([...new Set(names)].sort(), ['./again', './goneby', './stays']);
      under.removed({ whole: [], childrenOf: [''] });
      await under.save(true);
      assert.deepEqual(readdirSync(folder), [], 'nothing is to be given back');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has an ACL as an attribute, where its ids are there', () => {
    const acl = (id: number) =>
      Buffer.from(`user::rw-\nuser:${id}:r--\ngroup::r--\nmask::r--\nother::---\n`);
    const under = new EntryPolicy({ ids: 'range', idCount: 100 }, '/nowhere');
    const verdict = (name: string, value: Buffer, type: TarEntry['type'] = 'file') =>
      under.verdict({ ...entryOf('f'), type, xattrs: new Map([[name, value]]) }, false);
    const access = 'SCHILY.acl.access';
    const made = verdict(access, acl(7));
    assert.ok(typeof made === 'object' && made.xattrs);
    const [[name, value]] = [...made.xattrs] as [[string, Buffer]];
    assert.equal(name, 'system.posix_acl_access');
    assert.equal(value.readUInt32LE(4 + 8 + 4), 7);
    assert.equal(under.xattrs.told.count, 0);
    for (const lost of [
      verdict(access, acl(100)),
      verdict(access, Buffer.from('user::rw-,user:lisa:r--,group::r--,mask::r--,other::---')),
      verdict('SCHILY.acl.default', acl(7)),
      verdict('system.posix_acl_access', value, 'symlink'),
    ])
      assert.deepEqual(lost, { uid: 0, gid: 0, xattrs: new Map() });
    assert.equal(under.xattrs.told.count, 4);
  });
});
