import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { inspectRootfs, stillFound } from '../../../../src/core/bundle/inspectRootfs';
import { skipBecause } from '../../../skip';
import { plant, temporaryFolder } from './temporaryFolder';

describe('inspectRootfs', () => {
  const folder = temporaryFolder();
  const kinds = async () =>
    (await inspectRootfs(folder())).map(({ kind, path: inside }) => `${kind} ${inside}`).sort();

  it('finds nothing in an ordinary tree', async () => {
    plant(folder(), { 'bin/busybox': 'x', 'bin/sh': '-> busybox', proc: null, etc: '-> /etc' });
    assert.deepEqual(await kinds(), []);
  });

  it('finds setuid and setgid programs, and takes no folder for one', async () => {
    plant(folder(), { 'bin/su': 'x', 'bin/wall': 'x', shared: null });
    chmodSync(path.join(folder(), 'bin/su'), 0o4755);
    chmodSync(path.join(folder(), 'bin/wall'), 0o2755);
    chmodSync(path.join(folder(), 'shared'), 0o2775);
    assert.deepEqual(await kinds(), ['setgid /bin/wall', 'setuid /bin/su']);
  });

  it('finds links where mounts go', async () => {
    plant(folder(), { proc: '-> /', dev: '-> ../..', 'usr/proc': '-> /' });
    assert.deepEqual(await kinds(), ['problem /dev', 'problem /proc']);
  });

  it('finds device nodes', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can make a device node');
    try {
      execFileSync('mknod', [path.join(folder(), 'sda'), 'b', '8', '0'], { stdio: 'pipe' });
    } catch {
      skipBecause(this, 'this root may not make device nodes');
    }
    assert.deepEqual(await kinds(), ['device /sda']);
  });

  it('finds of what was there what is still there, and looks at nothing else', async () => {
    const programs = ['su', 'wall', 'gone', 'plain', 'link', 'moved/sudo', 'new'];
    plant(folder(), Object.fromEntries(programs.map((name) => [`bin/${name}`, 'x'])));
    const file = (name: string) => path.join(folder(), 'bin', name);
    for (const name of programs.slice(0, -1)) chmodSync(file(name), 0o4755);
    const earlier = await inspectRootfs(folder());
    assert.equal(earlier.length, 6);
    chmodSync(file('wall'), 0o2755);
    chmodSync(file('plain'), 0o755);
    chmodSync(file('new'), 0o4755);
    rmSync(file('gone'));
    rmSync(file('link'));
    symlinkSync('su', file('link'));
    renameSync(file('moved'), file('elsewhere'));
    symlinkSync('elsewhere', file('moved'));
    const found = await stillFound(folder(), earlier);
    assert.deepEqual(found.map(({ kind, path: inside }) => `${kind} ${inside}`).sort(), [
      'setgid /bin/wall',
      'setuid /bin/su',
    ]);
  });

  it('does not follow links out of the rootfs or in a circle', async () => {
    plant(folder(), { 'a/up': '-> ..', usr: '-> /usr' });
    assert.deepEqual(await kinds(), []);
  });

  it('stops after so many entries and says so', async () => {
    plant(folder(), Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, 'x'])));
    const findings = await inspectRootfs(folder(), { maxEntries: 20 });
    assert.deepEqual(findings, [
      { kind: 'incomplete', path: '/', message: 'not looked at any further after 20 entries' },
    ]);
  });

  it('shows names with control characters made visible', async () => {
    plant(folder(), { 'su\x1b[2J': 'x' });
    chmodSync(path.join(folder(), 'su\x1b[2J'), 0o4755);
    assert.match((await inspectRootfs(folder()))[0]?.message ?? '', /su\\x1b\[2J/);
  });

  it('can be cancelled', async () => {
    plant(folder(), { a: 'x' });
    const signal = AbortSignal.abort(new Error('cancelled'));
    await assert.rejects(inspectRootfs(folder(), { signal }), { message: 'cancelled' });
  });
});
