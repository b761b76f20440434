/** What an archive may make without an entry for it. */
import assert from 'node:assert/strict';
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
});
