import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { scaffold, type ScaffoldOptions } from '../../../../src/core/bundle/scaffold';
import { loadBundle } from '../../../../src/core/bundle/loadBundle';
import { startingPoints } from '../../../../src/core/config/templates';
import { elfProgram, plant, temporaryFolder } from './temporaryFolder';

/** Somebody who owns nothing. */
const nobody = 65534;

describe('scaffold', () => {
  const folder = temporaryFolder();
  const parent = () => path.join(folder(), 'parent');
  const make = (options: Partial<ScaffoldOptions> = {}) =>
    scaffold({
      parent: parent(),
      name: 'box1',
      startingPoint: startingPoints[1]!,
      busybox: { path: path.join(folder(), 'busybox'), applets: ['sh', 'ls', '[', 'ps', 'echo'] },
      ...options,
    });
  const left = () => readdirSync(parent());
  beforeEach(() => {
    plant(folder(), { busybox: elfProgram() });
    mkdirSync(parent());
  });

  it('makes a bundle that loads, with BusyBox and its links', async () => {
    const bundle = await make();
    assert.equal(bundle, path.join(parent(), 'box1'));
    assert.deepEqual(left(), ['box1'], 'nothing beside it');
    assert.deepEqual(readdirSync(bundle), ['config.json', 'rootfs']);
    const rootfs = path.join(bundle, 'rootfs');
    assert.deepEqual(readdirSync(rootfs), ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp']);
    assert.deepEqual(readdirSync(path.join(rootfs, 'bin')), [
      '[',
      'busybox',
      'echo',
      'ls',
      'ps',
      'sh',
    ]);
    assert.equal(readlinkSync(path.join(rootfs, 'bin/sh')), 'busybox');
    assert.equal(readFileSync(path.join(rootfs, 'etc/hostname'), 'utf8'), 'box1\n');
    assert.match(readFileSync(path.join(rootfs, 'etc/passwd'), 'utf8'), /^root:x:0:0:/);
    assert.equal((await loadBundle(bundle)).config.hostname, 'box1');
  });

  it('gives the rootfs its own modes whatever the umask, and opens the bundle to nobody else', async () => {
    const before = process.umask(0);
    try {
      const bundle = await make();
      const mode = (file: string) => statSync(path.join(bundle, file)).mode & 0o7777;
      assert.equal(mode('.'), 0o700, 'its setuid programs are for nobody else');
      assert.equal(mode('rootfs'), 0o755);
      assert.equal(mode('rootfs/tmp'), 0o1777);
      assert.equal(mode('rootfs/bin/busybox'), 0o755);
      assert.equal(mode('rootfs/etc/passwd'), 0o644);
    } finally {
      process.umask(before);
    }
  });

  it('refuses a bad name before it touches anything', async () => {
    await assert.rejects(make({ name: '../x' }), { code: 'name-invalid' });
    assert.deepEqual(left(), []);
  });

  it('never overwrites: not a folder, not an empty one, not a file, not a dangling link', async () => {
    plant(parent(), { full: null, 'full/x': 'x', empty: null, file: 'x', link: '-> nowhere' });
    for (const name of ['full', 'empty', 'file', 'link'])
      await assert.rejects(make({ name }), { code: 'name-taken' }, name);
    assert.deepEqual(left(), ['empty', 'file', 'full', 'link']);
    assert.deepEqual(readdirSync(path.join(parent(), 'empty')), []);
  });

  it('does not replace what appears under its name while it works', async () => {
    const appear = (doing: string, fraction: number) => {
      if (doing === 'Linking commands' && fraction < 0.4) mkdirSync(path.join(parent(), 'box1'));
    };
    await assert.rejects(make({ onProgress: appear }), { code: 'name-taken' });
    assert.deepEqual(left(), ['box1']);
    assert.deepEqual(readdirSync(path.join(parent(), 'box1')), []);
  });

  it('lets a watcher see each folder before something comes into it', async () => {
    const seen: [string, string[]][] = [];
    const untilWatched = (made: string) => {
      seen.push([path.relative(parent(), made), readdirSync(made)]);
      return Promise.resolve();
    };
    const bundle = await make({ untilWatched });
    assert.deepEqual(seen, [
      ['box1', []],
      ['box1/rootfs', []],
    ]);
    assert.deepEqual(left(), ['box1'], 'nothing beside it');
    assert.equal((await loadBundle(bundle)).config.hostname, 'box1');
    const mode = (file: string) => statSync(path.join(bundle, file)).mode & 0o7777;
    assert.deepEqual(['.', 'rootfs', 'rootfs/tmp'].map(mode), [0o700, 0o755, 0o1777]);
    assert.equal(readlinkSync(path.join(bundle, 'rootfs/bin/sh')), 'busybox');
  });

  it('keeps what appears in its folder while the watcher is waited for', async () => {
    for (const [name, appears] of [
      ['box1', 'rootfs/theirs'],
      ['box2', 'config.json'],
    ] as const) {
      const file = path.join(parent(), name, appears);
      const untilWatched = (made: string) => {
        if (made.endsWith('rootfs') === appears.startsWith('rootfs')) return Promise.resolve();
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, 'theirs');
        return Promise.resolve();
      };
      await assert.rejects(make({ name, untilWatched }), { code: 'name-taken' }, appears);
      assert.equal(readFileSync(file, 'utf8'), 'theirs');
      assert.deepEqual(readdirSync(path.join(parent(), name)), [
        path.dirname(appears) === '.' ? appears : 'rootfs',
      ]);
    }
    assert.deepEqual(left(), ['box1', 'box2']);
  });

  it('leaves nothing when it is cancelled while a watcher is waited for', async () => {
    const cancel = new AbortController();
    const untilWatched = () => Promise.resolve(cancel.abort(new Error('cancelled')));
    await assert.rejects(make({ signal: cancel.signal, untilWatched }), { message: 'cancelled' });
    assert.deepEqual(left(), []);
  });

  it('leaves nothing when the watcher fails', async () => {
    for (const failsAt of ['box1', 'rootfs']) {
      const untilWatched = (made: string) =>
        made.endsWith(failsAt) ? Promise.reject(new Error('no watcher')) : Promise.resolve();
      await assert.rejects(make({ untilWatched }), { message: 'no watcher' });
      assert.deepEqual(left(), [], failsAt);
    }
  });

  it('says what is wrong with the parent', async () => {
    writeFileSync(path.join(folder(), 'file'), '');
    await assert.rejects(make({ parent: path.join(folder(), 'no') }), { code: 'parent-missing' });
    await assert.rejects(make({ parent: path.join(folder(), 'file') }), {
      code: 'parent-not-directory',
    });
    await assert.rejects(make({ parent: path.join(folder(), 'file/x') }), {
      code: 'parent-not-directory',
    });
  });

  it('says so where the folder may not be written', async () => {
    const isRoot = process.getuid!() === 0;
    chmodSync(folder(), 0o755);
    chmodSync(parent(), 0o555);
    // Root may write everywhere.
    if (isRoot) process.seteuid!(nobody);
    try {
      await assert.rejects(make(), { code: 'scaffold-not-permitted' });
    } finally {
      if (isRoot) process.seteuid!(0);
    }
    assert.deepEqual(left(), []);
  });

  it('leaves nothing when it is cancelled, at whatever moment', async () => {
    for (const moment of ['Making folders', 'Copying BusyBox', 'Linking commands']) {
      const cancel = new AbortController();
      const onProgress = (doing: string) => {
        if (doing === moment) cancel.abort(new Error('cancelled'));
      };
      await assert.rejects(make({ signal: cancel.signal, onProgress }), { message: 'cancelled' });
      assert.deepEqual(left(), [], moment);
    }
    await assert.rejects(make({ signal: AbortSignal.abort(new Error('before')) }), {
      message: 'before',
    });
    assert.deepEqual(left(), []);
  });

  it('leaves nothing when it fails', async () => {
    await assert.rejects(make({ busybox: { path: path.join(folder(), 'gone'), applets: ['sh'] } }));
    assert.deepEqual(left(), []);
  });

  it('tells how far it is, up to the end', async () => {
    const fractions: number[] = [];
    await make({ onProgress: (_, fraction) => fractions.push(fraction) });
    assert.deepEqual(fractions, [...fractions].sort());
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction <= 1));
  });
});
