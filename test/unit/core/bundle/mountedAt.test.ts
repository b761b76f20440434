/** What checkCommand makes of mounts: it looks into binds, and lets pass what nothing is known of. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { checkCommand } from '../../../../src/core/bundle/checkCommand';
import { defaultConfigFor } from '../../../../src/core/bundle/loadBundleOrFolder';
import type { Mount } from '../../../../src/core/config/schema';
import { TerrariumError } from '../../../../src/core/errors';
import { elfProgram, plant, temporaryFolder, type Tree } from './temporaryFolder';

const bind = (destination: string, source: string): Mount => ({
  ...{ destination, source, type: 'none', options: ['rbind', 'ro'] },
});
const loader = '/lib64/ld.so';
const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;
const program = elfProgram({ interpreter: loader });

describe('checkCommand with mounts', () => {
  const folder = temporaryFolder();
  const check = async (tree: Tree, command: string, mounts: Mount[], env: string[] = []) => {
    const bundle = folder();
    plant(bundle, { rootfs: null, ...tree });
    const config = defaultConfigFor('box');
    const process = { ...config.process, args: [command] as [string], env };
    const found = await checkCommand(
      { path: bundle, rootfs: path.join(bundle, 'rootfs'), config: { ...config, process, mounts } },
      { machine: 'x86_64' },
    );
    return found?.inside;
  };

  it('follows a link of the rootfs into what a mount brings', async () => {
    const tree = { 'rootfs/bin/sh': '-> /nix/store/abc/sh', 'store/abc/sh': elfProgram() };
    const mounts = [bind('/nix/store', 'store')];
    assert.equal(await check(tree, '/bin/sh', mounts), '/bin/sh');
    assert.equal(await check({}, 'sh', mounts, ['PATH=/a:/nix/store/abc']), '/nix/store/abc/sh');
  });

  it('finds a loader behind a link, in what a mount brings', async () => {
    const tree = {
      ...{ 'rootfs/opt/x': program, 'rootfs/lib64': '-> usr/lib64' },
      'usr/lib64/ld.so': elfProgram(),
    };
    assert.equal(await check(tree, '/opt/x', [bind('/usr', 'usr')]), '/opt/x');
    assert.equal(await check({}, '/opt/x', [bind('/usr/lib64', 'usr/lib64')]), '/opt/x');
    assert.equal(
      await check({}, '/opt/x', [bind('/usr/lib64/ld.so', 'usr/lib64/ld.so')]),
      '/opt/x',
    );
  });

  it('finds what a mount brings to where a link of the rootfs leads', async () => {
    const tree = { 'rootfs/var/run': '-> ../run', 'rootfs/run': null, 'tools/x': elfProgram() };
    const mounts = [bind('/var/run/made/tools', 'tools')];
    assert.equal(await check(tree, '/run/made/tools/x', mounts), '/run/made/tools/x');
    assert.equal(await check({}, '/var/run/made/tools/x', mounts), '/var/run/made/tools/x');
  });

  it('says what is missing in what a mount brings, also where the rootfs has it below', async () => {
    const tree = { 'rootfs/usr/bin/x': elfProgram(), 'usr/bin/y': program };
    const mounts = [bind('/usr', 'usr')];
    await assert.rejects(check(tree, '/usr/bin/x', mounts), code('command-missing'));
    await assert.rejects(check({}, '/usr/bin/y', mounts), code('loader-missing'));
    const foreign = { 'usr/bin/z': elfProgram({ machine: 22 }) };
    await assert.rejects(check(foreign, '/usr/bin/z', mounts), code('foreign-architecture'));
  });

  it('takes the topmost of several mounts', async () => {
    const tree = { 'a/x': elfProgram(), 'b/y': elfProgram(), 'rootfs/m/x': elfProgram() };
    await assert.rejects(
      check(tree, '/m/x', [bind('/m', 'a'), bind('/m', 'b')]),
      code('command-missing'),
    );
    assert.equal(await check({}, '/m/y', [bind('/m', 'a'), bind('/m', 'b')]), '/m/y');
    assert.equal(await check({}, '/m/n/y', [bind('/m', 'a'), bind('/m/n', 'b')]), '/m/n/y');
    await assert.rejects(
      check({}, '/m/n/y', [bind('/m/n', 'b'), bind('/m', 'a')]),
      code('command-missing'),
    );
  });

  it('lets pass what lies behind a mount that nothing is known of', async () => {
    const unknown: Mount[] = [
      { destination: '/opt/', type: 'tmpfs', source: 'tmpfs' },
      { destination: '/opt', type: 'overlay', source: 'overlay' },
      bind('/opt', 'nowhere'),
      bind('/opt', 'rootfs/srv'),
    ];
    const tree = {
      'rootfs/bin/sh': '-> /opt/sh',
      'rootfs/bin/x': '#!/opt/sh\n',
      'rootfs/srv': null,
    };
    await check(tree, '/opt/sh', [unknown[0]!]);
    for (const mount of unknown) {
      assert.equal(await check({}, '/opt/sh', [mount]), undefined);
      assert.equal(await check({}, '/bin/sh', [mount]), undefined);
      assert.equal(await check({}, '/bin/x', [mount]), '/bin/x');
    }
  });
});
