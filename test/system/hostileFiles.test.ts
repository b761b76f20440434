/**
 * Files of a rootfs that are swapped while somebody looks: a process in a container does it, and the
 * helper that looks is root. The secret is a file of the test's own.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkCommand } from '../../src/core/bundle/checkCommand';
import { lookAtFolder } from '../../src/core/bundle/folderKind';
import { inspectRootfs } from '../../src/core/bundle/inspectRootfs';
import { loadBundle } from '../../src/core/bundle/loadBundle';
import { readLogins } from '../../src/core/bundle/logins';
import { readAccounts, textInside } from '../../src/core/bundle/passwd';
import { defaultConfigFor } from '../../src/core/bundle/loadBundleOrFolder';
import { withRegularFile } from '../../src/core/fs/readBounded';
import { skipBecause } from '../skip';
import { compile } from './compile';

/** As often as the Processes view looks in a quarter of an hour. */
const looks = 1000;

describe('files of a rootfs that are swapped while they are looked at', function () {
  this.timeout(120_000);
  let folder = '';
  let rootfs = '';
  let secret = '';
  const children: ChildProcess[] = [];

  beforeEach(function () {
    if (process.getuid!() !== 0) skipBecause(this, 'what only root may open is the matter here');
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-files-'));
    rootfs = path.join(folder, 'rootfs');
    secret = path.join(folder, 'secret');
    for (const name of ['etc', 'bin']) {
      mkdirSync(path.join(rootfs, name), { recursive: true });
      mkdirSync(path.join(secret, name), { recursive: true });
    }
    for (const [name, text] of [
      ['passwd', 'USER:x:7:7::/:/bin/sh\n'],
      ['shells', '/bin/SHELL\n'],
    ] as const) {
      writeFileSync(path.join(rootfs, 'etc', name), text.toLowerCase());
      writeFileSync(path.join(secret, 'etc', name), text);
    }
    for (const name of ['sh', 'SHELL'])
      writeFileSync(path.join(rootfs, 'bin', name), '#!/bin/sh', { mode: 0o755 });
    writeFileSync(path.join(secret, 'bin/sh'), '#!/bin/SECRET', { mode: 0o4755 });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await stopped(child);
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  /** A folder of the rootfs and a link out of it change places all the time. */
  function swap(context: Mocha.Context, name: string): void {
    const swapper = path.join(folder, 'swapper');
    compile(context, 'swapper.c', swapper);
    const link = path.join(rootfs, `${name}.link`);
    symlinkSync(path.join(secret, name), link);
    children.push(spawn(swapper, [path.join(rootfs, name), link], { stdio: 'ignore' }));
  }

  it(`shows no user of another passwd, in ${looks} looks`, async function () {
    swap(this, 'etc');
    let right = 0;
    for (let look = 0; look < looks; look++) {
      const { users } = await readAccounts(rootfs);
      assert.ok(
        users.every(({ name }) => name === 'user'),
        JSON.stringify(users),
      );
      right += users.length;
    }
    assert.ok(right > 0, 'the folder was never in its place');
  });

  it(`offers no shell that another etc/shells names, in ${looks} looks`, async function () {
    swap(this, 'etc');
    for (let look = 0; look < looks; look++)
      for (const shell of (await readLogins(rootfs)).shells) assert.notEqual(shell, '/bin/SHELL');
  });

  it(`reads no program of the machine for the one of process.args, in ${looks} looks`, async function () {
    swap(this, 'bin');
    const config = defaultConfigFor('box');
    for (let look = 0; look < looks; look++)
      await checkCommand({ rootfs, config: { ...config, mounts: [] } }).then(
        (found) => assert.equal(found?.inside, '/bin/sh'),
        (error: Error) => assert.doesNotMatch(error.message, /SECRET/),
      );
  });

  it(`lists no folder of the machine for one of the rootfs, in ${looks} looks`, async function () {
    swap(this, 'bin');
    for (let look = 0; look < looks; look++) {
      const found = await inspectRootfs(rootfs);
      assert.deepEqual(
        found.filter(({ kind }) => kind === 'setuid'),
        [],
      );
    }
  });

  it('opens no device node, FIFO or socket, in a rootfs or as a config.json', async function () {
    const passwd = path.join(rootfs, 'etc/passwd');
    const config = path.join(folder, 'config.json');
    const server = createServer();
    const kinds: [string, () => void | Promise<void>][] = [
      ['a device', () => made(this, 'mknod', passwd, 'c', '1', '5')],
      // Whoever opens it hears of it: ENXIO (open(2)), because no driver has these numbers.
      ['a device without a driver', () => made(this, 'mknod', passwd, 'c', '254', '1048575')],
      ['a FIFO', () => made(this, 'mkfifo', passwd)],
      ['a socket', () => new Promise((resolve) => void server.listen(passwd, resolve))],
    ];
    for (const [kind, make] of kinds) {
      rmSync(passwd);
      await make();
      assert.equal(await textInside(rootfs, '/etc/passwd'), '', kind);
      assert.equal(await withRegularFile(passwd, () => Promise.resolve('read')), undefined, kind);
      renameSync(passwd, config);
      await assert.rejects(loadBundle(folder), { code: 'config-not-file' }, kind);
      renameSync(config, passwd);
    }
    server.close();
  });

  it('waits for no lease that the owner of a file has on it', async function () {
    const passwd = path.join(rootfs, 'etc/passwd');
    const config = path.join(folder, 'config.json');
    writeFileSync(config, '{}');
    const program = path.join(folder, 'lease');
    compile(this, 'lease.c', program);
    for (const file of [passwd, config]) {
      const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      const [word] = (await once(child.stdout, 'data')) as [Buffer];
      assert.equal(String(word), 'leased\n');
    }
    // The kernel would end it after /proc/sys/fs/lease-break-time, 45 seconds.
    const begun = performance.now();
    await assert.rejects(readAccounts(rootfs), { code: 'file-leased', message: /\/etc\/passwd/ });
    await assert.rejects(loadBundle(folder), {
      code: 'file-leased',
      message: new RegExp(`^${config} cannot be read now: another process has a lease on it`),
    });
    assert.equal((await lookAtFolder(folder)).kind, 'bundle', 'it is listed as one');
    assert.ok(performance.now() - begun < 5000);
  });
});

/** Skips where this root may not make device nodes. */
function made(context: Mocha.Context, program: string, ...words: string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) skipBecause(context, `no ${program} here: ${stderr}`);
}

async function stopped(child: ChildProcess): Promise<void> {
  assert.equal(child.exitCode, null, 'the swapper has ended');
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}
