/** A start that begins with the plan of the one before: what has changed since then counts, and nothing of the old one happens. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
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

      unlinkSync(rootfs);
      mkdirSync(rootfs);
      writeFileSync(file, '{');
      await assert.rejects(client.start(bundle));
      await until('its end', () => spawned().length === 2);
      assert.deepEqual(readdirSync(rootfs), []);
      await served.stop();
      assert.deepEqual(spawned(), []);
    });
});
