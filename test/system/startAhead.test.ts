/** A start that begins with the plan of the one before: what has changed since then counts, and nothing of the old one happens. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { type Workplace, processesWith, until, usePlace } from './containers';
import { Served } from './serving';

describe('starts of what was started before', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of ['root', 'rootless'] as const)
    it(`go on with the config.json and the rootfs that are there, or end (${privilege})`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.process.args = ['/bin/sh', '-c', 'hostname >/said'];
      });
      const [file, rootfs, kept, elsewhere] = ['config.json', 'rootfs', 'kept', 'elsewhere'].map(
        (name) => path.join(bundle, name),
      ) as [string, string, string, string];
      const said = () => readFileSync(path.join(rootfs, 'said'), 'utf8');
      const change = (how: (config: OciConfig) => void) => {
        const config = JSON.parse(readFileSync(file, 'utf8')) as OciConfig;
        how(config);
        writeFileSync(file, JSON.stringify(config));
      };
      // The spawner, and what it has forked ahead.
      const spawned = () => processesWith(`${path.dirname(place.helper)}/terrarium-init`);
      await until('its spawner', () => spawned().length === 2);
      for (let n = 0; n < 3; n++) {
        assert.equal((await client.startToEnd(bundle))?.code, 0);
        assert.equal(said(), 'box\n');
      }

      change((config) => {
        config.hostname = 'another';
        config.mounts.push({ destination: '/made', type: 'tmpfs', source: 'tmpfs' });
      });
      for (let n = 0; n < 2; n++) assert.equal((await client.startToEnd(bundle))?.code, 0);
      assert.equal(said(), 'another\n');
      assert.ok(existsSync(path.join(rootfs, 'made')));

      mkdirSync(elsewhere);
      renameSync(rootfs, kept);
      symlinkSync('elsewhere', rootfs);
      await assert.rejects(client.start(bundle));
      await until('its end', () => spawned().length === 2);
      assert.deepEqual(readdirSync(elsewhere), []);

      // Without its program nothing is made in it.
      unlinkSync(rootfs);
      mkdirSync(rootfs);
      await assert.rejects(client.start(bundle));
      await until('its end', () => spawned().length === 2);
      assert.deepEqual(readdirSync(rootfs), []);

      writeFileSync(file, '{');
      await assert.rejects(client.start(bundle));
      await until('its end', () => spawned().length === 2);
      assert.deepEqual(readdirSync(rootfs), []);
      await served.stop();
      assert.deepEqual(spawned(), []);
    });

  it('end what was let on where the machine is another by now, and start anew', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundle = await place.bundle('root', 'notes', (config) => {
      config.process.cwd = '/work';
      config.process.args = ['/bin/sh', '-c', 'pwd >/said'];
    });
    const rootfs = path.join(bundle, 'rootfs');
    // Each time but the last the plan is another: it makes the folder, or finds it.
    for (const isThere of [false, true, false, true, true]) {
      if (!isThere) rmSync(path.join(rootfs, 'work'), { recursive: true, force: true });
      assert.equal((await client.startToEnd(bundle))?.code, 0);
      assert.equal(readFileSync(path.join(rootfs, 'said'), 'utf8'), '/work\n');
      unlinkSync(path.join(rootfs, 'said'));
    }
    await served.stop();
  });

  it('warn of what an earlier start found where it is still there, and later of what is new', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const bundle = await place.bundle('root', 'notes', (config) => {
      config.process.args = ['/bin/sleep', '1000'];
    });
    const program = (name: string) => path.join(bundle, 'rootfs', name);
    const setuid = (warnings: readonly string[] = []) =>
      warnings.findLast((text) => text.startsWith('Setuid'))?.replace(/.*: /, '');
    const start = async () => {
      const { id, warnings } = await client.start(bundle);
      return { id, found: setuid(warnings) };
    };
    const stop = (id: string) => client.rpc.request('stop', { id, graceMs: 0 });
    for (const name of ['su', 'mount']) writeFileSync(program(name), '');
    chmodSync(program('su'), 0o4755);
    const first = await start();
    assert.equal(first.found, '/su.');
    await stop(first.id);

    chmodSync(program('mount'), 0o4755);
    const later = client.next(
      'containerChanged',
      ({ warnings }) => setuid(warnings)?.includes('/mount') === true,
    );
    const second = await start();
    // All at once where the thread that looks has become ready by now: it has not seen this rootfs.
    assert.match(second.found ?? '', /^(\/mount, )?\/su\.$/);
    assert.equal(setuid((await later).warnings), '/mount, /su.');
    await stop(second.id);

    chmodSync(program('su'), 0o755);
    const third = await start();
    assert.equal(third.found, '/mount.');
    await stop(third.id);
    await served.stop();
  });
});
