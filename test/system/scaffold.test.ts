/**
 * Scaffolding on file systems that refuse: full and read-only ones. They are mounted in a mount
 * namespace of their own and reached through /proc/PID/root (proc_pid_root(5)), so the host's mount
 * table stays as it is.
 */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import { type Busybox, findBusybox } from '../../src/core/bundle/busybox';
import { loadBundle } from '../../src/core/bundle/loadBundle';
import { checkCommand } from '../../src/core/bundle/checkCommand';
import { scaffold } from '../../src/core/bundle/scaffold';
import { startingPoints } from '../../src/core/config/templates';
import { messageOf } from '../../src/core/errors';
import { skipBecause } from '../skip';

/** Mounting needs a user namespace where the test is not root. */
const namespaces =
  process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];

/** Mounts a tmpfs of size $1 with option $2 on /mnt, says so, and keeps it until its input ends. */
const holdScript = 'mount -t tmpfs -o "size=$1,$2" tmpfs /mnt && echo ready && cat';

describe('scaffold', function () {
  this.timeout(20_000);
  let busybox: Busybox;
  let holder: ChildProcessWithoutNullStreams | undefined;

  before(async function () {
    if (spawnSync('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status !== 0)
      skipBecause(this, 'no tmpfs can be mounted in a mount namespace here');
    busybox = await findBusybox().catch((error: unknown) => skipBecause(this, messageOf(error)));
  });
  afterEach(async () => {
    if (!holder || holder.exitCode !== null) return;
    const ended = once(holder, 'exit');
    holder.stdin.end();
    await ended;
    holder = undefined;
  });

  /** @returns a path to an empty file system of `size`, readable until the test ends */
  async function fileSystem(context: Context, size: string, option: 'rw' | 'ro'): Promise<string> {
    holder = spawn('unshare', [...namespaces, 'sh', '-c', holdScript, 'sh', size, option]);
    const ready = await Promise.race([
      once(holder.stdout, 'data').then(() => true),
      once(holder, 'exit').then(() => false),
    ]);
    if (!ready) skipBecause(context, `no tmpfs of ${size} can be mounted here`);
    return `/proc/${holder.pid}/root/mnt`;
  }

  const make = (parent: string) =>
    scaffold({ parent, name: 'box1', startingPoint: startingPoints[1]!, busybox });

  it('makes a bundle whose shell can run, from this machine’s BusyBox', async () => {
    const parent = mkdtempSync(path.join(os.tmpdir(), 'terrarium-scaffold-'));
    try {
      const bundle = await loadBundle(await make(parent));
      await checkCommand(bundle);
      const { stdout } = spawnSync(`${bundle.rootfs}/bin/echo`, ['hello'], { encoding: 'utf8' });
      assert.equal(stdout, 'hello\n');
    } finally {
      rmSync(parent, { recursive: true });
    }
  });

  // By hand nothing is at /dev/pts, without which runc has no terminal.
  for (const startingPoint of startingPoints.filter(({ id }) => id !== 'hand'))
    it(`makes a bundle "${startingPoint.label}" that runc runs unchanged`, async function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'runc is tried as root only');
      for (const needed of ['runc', 'script'])
        if (spawnSync(needed, ['--version']).error) skipBecause(this, `${needed} is not installed`);
      const work = mkdtempSync(path.join(os.tmpdir(), 'terrarium-runc-'));
      try {
        const mapping = [{ containerID: 0, hostID: 65534, size: 1 }];
        const mappings = { uidMappings: mapping, gidMappings: mapping };
        const own = startingPoint.id === 'safe' ? { mappings } : {};
        const bundle = await scaffold({
          parent: work,
          name: 'box1',
          startingPoint,
          busybox,
          ...own,
        });
        spawnSync('chown', ['-R', '65534:65534', bundle]);
        chmodSync(work, 0o755);
        // `process.terminal` is true, so runc wants a terminal: script(1) gives it one.
        const command = 'runc --root "$STATE" run --bundle "$BUNDLE" "terrarium-$$"';
        const { status, stdout } = spawnSync(
          'unshare',
          ['--mount', 'script', '-eqc', command, '/dev/null'],
          {
            env: { ...process.env, STATE: path.join(work, 'state'), BUNDLE: bundle },
            input: 'echo pid=$$ host=$(hostname); exit 7\n',
            encoding: 'utf8',
            timeout: 15_000,
          },
        );
        assert.match(stdout, /pid=1 host=box1/);
        assert.equal(status, 7, stdout);
      } finally {
        rmSync(work, { recursive: true });
      }
    });

  it('says that the disk is full and leaves nothing on it', async function () {
    const parent = await fileSystem(this, '256k', 'rw');
    await assert.rejects(make(parent), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'scaffold-disk-full');
      assert.match(error.message, /box1 cannot be made because the disk is full\. Free some space/);
      return true;
    });
    assert.deepEqual(readdirSync(parent), []);
  });

  it('says that the file system is read-only', async function () {
    const parent = await fileSystem(this, '1m', 'ro');
    await assert.rejects(make(parent), { code: 'scaffold-read-only' });
    assert.deepEqual(readdirSync(parent), []);
  });
});
