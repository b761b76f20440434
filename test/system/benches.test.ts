/** What is measured can be measured: each bench without a window, once and at its smallest. No figure is judged. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { benches, runSmallest } from '../bench/smallest';
import { skipBecause } from '../skip';

describe('the benches', function () {
  this.timeout(120_000);

  it('each name the level that runs them, and those of this level have a test', async () => {
    const all = await benches();
    for (const { name, level } of all)
      assert.ok(level === 'system' || level === 'ui', `${name} names ${String(level)}`);
    const here = all.filter(({ level }) => level === 'system').map(({ name }) => name);
    assert.deepEqual(here, [
      'changes',
      'evidence',
      'import',
      'lint',
      'many',
      'shell',
      'sights',
      'start',
      'tree',
    ]);
  });

  it('measure starts beside the peers that are there, and name those that are not', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'this bench needs root');
    const folder = await mkdtemp(join(tmpdir(), 'terrarium-'));
    try {
      await linkPrograms(folder, (name) => name !== 'bwrap');
      const { cases, skipped } = await runSmallest('start', { ...process.env, PATH: folder });
      for (const kind of ['notes', 'confined']) {
        const why = skipped.find(({ name }) => name === `${kind}: bubblewrap`)?.why;
        assert.equal(why, 'bwrap is not installed');
        for (const peer of ['runc', 'crun', 'systemd-nspawn'])
          assert.ok(
            [...cases, ...skipped].some(({ name }) => name === `${kind}: ${peer}`),
            `${peer} is neither measured nor skipped`,
          );
        assert.ok(cases.some(({ name }) => name === `${kind}: helper up`));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('measure a further shell, and many starts at once', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'these benches need root');
    const shell = await runSmallest('shell');
    assert.deepEqual(
      shell.cases.map(({ name }) => name),
      ['further shell', 'nsenter'],
    );
    const { cases, skipped } = await runSmallest('many');
    assert.deepEqual(
      [...cases, ...skipped].map(({ name }) => name),
      ['alone', 'first', 'last', 'runc: last'],
    );
  });

  it('measure a list of changes', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'this bench needs root');
    const { ratios } = await runSmallest('changes');
    assert.ok('list of changes/diff -rq' in ratios, JSON.stringify(ratios));
  });

  it('measure the check of a rootfs', async () => {
    const { ratios } = await runSmallest('lint');
    assert.ok('check/find, a head each' in ratios, JSON.stringify(ratios));
  });

  it('measure an import', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'this bench needs root');
    const { ratios } = await runSmallest('import');
    assert.ok('small files: import/small files: tar -x' in ratios, JSON.stringify(ratios));
  });

  it('measure the evidence of a lesson', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'this bench needs root');
    const { ratios } = await runSmallest('evidence');
    assert.deepEqual(Object.keys(ratios), ['snapshot/lsns and findmnt']);
  });

  it('measure the table of sights', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'this bench needs root');
    const { ratios } = await runSmallest('sights');
    assert.deepEqual(Object.keys(ratios), ['10: whole table/10: lsns']);
  });

  it('measure the process tree', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'this bench needs root');
    const { cases } = await runSmallest('tree');
    assert.ok(cases.some(({ name }) => name.endsWith('extension host, longest of 10 ticks')));
  });
});

/** Fills a folder that can stand for PATH, without some of its programs. */
async function linkPrograms(folder: string, isWanted: (name: string) => boolean): Promise<void> {
  const seen = new Set<string>();
  for (const place of (process.env.PATH ?? '').split(delimiter))
    for (const name of await readdir(place).catch(() => [])) {
      if (seen.has(name) || !isWanted(name)) continue;
      seen.add(name);
      await symlink(join(place, name), join(folder, name));
    }
}
