/**
 * A folder that looks like a bundle and like a root filesystem: a repository can put a bin/sh beside a
 * config.json that says "Safe". Neither is started for the other, for root, sudo and rootless.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lookAtFolder } from '../../src/core/bundle/folderKind';
import { compile, requireFuse } from './compile';
import {
  type TestPrivilege,
  Workplace,
  commandLineOf,
  ended,
  privileges,
  processesWith,
  usePlace,
} from './containers';
import { type Client, Served, useServed } from './serving';

describe('a bundle, or a root filesystem itself', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  /** A "Safe" bundle with a shell beside it that would leave a mark. */
  const both = async (privilege: TestPrivilege) => {
    const bundle = await place.bundle(privilege, 'safe');
    mkdirSync(path.join(bundle, 'bin'));
    for (const name of ['proc', 'dev', 'sys', 'tmp']) mkdirSync(path.join(bundle, name));
    cpSync(path.join(bundle, 'rootfs/bin/busybox'), path.join(bundle, 'bin/busybox'));
    writeFileSync(path.join(bundle, 'bin/sh'), '#!/bin/busybox sh\n/bin/busybox touch /mark\n', {
      mode: 0o755,
    });
    if (privilege !== 'root') place.give(bundle);
    return bundle;
  };
  const refusal = /two ways.*config\.json.*bin\/sh.*remove the bin\/sh/s;

  for (const privilege of privileges) {
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );

      it('is refused by name where it looks like both, whatever is asked of it', async () => {
        const bundle = await both(privilege);
        const { code, stdout, stderr } = await place.run(privilege, bundle, ['/bin/echo', 'ran']);
        assert.deepEqual([code, stdout], [125, '']);
        assert.match(stderr, refusal);
        const plan = await ended(place.start(privilege, ['plan', bundle]));
        assert.deepEqual([plan.code, plan.stdout], [125, '']);
        assert.match(plan.stderr, refusal);
        for (const kind of ['bundle', 'folder'] as const) {
          await assert.rejects(client.start(bundle, kind), refusal);
          const own = { bundle, kind, path: '/' };
          await assert.rejects(client.rpc.request('takeOwnership', own), refusal);
        }
        assert.equal(existsSync(path.join(bundle, 'mark')), false, 'its bin/sh never ran');
      });

      it('is started as what the command line says that it is', async () => {
        const bundle = await both(privilege);
        const run = async (kind: string) => {
          const words = ['run', kind, bundle, '--', '/bin/busybox', 'ls', '/'];
          const { code, stdout, stderr } = await ended(place.start(privilege, words));
          assert.equal(code, 0, stderr);
          return { names: stdout.split('\n'), stderr };
        };
        const asBundle = await run('--bundle');
        assert.ok(!asBundle.names.includes('rootfs'));
        assert.doesNotMatch(asBundle.stderr, /is not read/);
        const asFolder = await run('--folder');
        assert.ok(asFolder.names.includes('rootfs'));
        assert.match(asFolder.stderr, /config\.json is not read/);
      });

      it('names the config.json of a bundle that is its own rootfs, and does not start it (root.path ".")', async () => {
        const bundle = await place.bundle(privilege, 'safe');
        const tree = path.join(bundle, 'rootfs');
        const config = readFileSync(path.join(bundle, 'config.json'), 'utf8');
        writeFileSync(
          path.join(tree, 'config.json'),
          config.replace('"path":"rootfs"', '"path":"."'),
        );
        const { code, stdout, stderr } = await place.run(privilege, tree, ['/bin/echo', 'ran']);
        assert.deepEqual([code, stdout], [125, '']);
        assert.match(stderr, /two ways.*config\.json.*move the tree into a folder "rootfs"/s);
        await assert.rejects(client.start(tree, 'folder'), /two ways/);
      });

      it('has as a plain folder shared memory, and the processors of the machine in a /sys that it cannot write', async () => {
        const tree = path.join(await place.bundle(privilege), 'rootfs');
        const script =
          'echo x >/dev/shm/x && ls -d /sys/devices/system/cpu && ! touch /sys/x 2>/dev/null && stat -c %a /dev/shm';
        const words = ['/bin/sh', '-c', script];
        const { code, stdout, stderr } = await place.run(privilege, tree, words);
        assert.deepEqual([code, stdout], [0, '/sys/devices/system/cpu\n1777\n'], stderr);
      });

      it('is a plain folder where that is meant, with a line about a config.json that is not read', async () => {
        const bundle = await place.bundle(privilege);
        const tree = path.join(bundle, 'rootfs');
        writeFileSync(path.join(tree, 'config.json'), '{"listen":80}');
        const { code, stdout, stderr } = await place.run(privilege, tree, ['/bin/echo', 'ran']);
        assert.deepEqual([code, stdout], [0, 'ran\n'], stderr);
        assert.match(stderr, /rootfs\/config\.json is not read/);
        await assert.rejects(client.start(tree, 'bundle'), /config\.json/);
        const info = await client.start(tree, 'folder');
        assert.equal(info.kind, 'folder');
        await client.rpc.request('stop', { id: info.id, graceMs: 0 });
      });
    });
  }

  it('is neither where the server of its file system is gone', async function () {
    requireFuse(this);
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundle = await place.bundle('root', 'notes', ({ process }) => {
      process.args = ['/unanswered', '/mnt', '-'];
    });
    mkdirSync(path.join(bundle, 'rootfs/mnt'));
    compile(this, 'unanswered.c', path.join(bundle, 'rootfs/unanswered'));
    const { id, console } = await client.start(bundle);
    await (await client.attach(console)).shows(/^it stands$/m);
    const pid = processesWith('/unanswered /mnt').find((one) =>
      commandLineOf(one).startsWith('/unanswered'),
    )!;
    const folder = `/proc/${pid}/root/mnt`;
    assert.throws(() => statSync(folder), { code: 'ENOTCONN' });
    assert.deepEqual(await lookAtFolder(folder), { kind: 'neither' });
    await client.rpc.request('stop', { id, graceMs: 0 });
    await served.stop();
  });
});
