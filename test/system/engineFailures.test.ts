/**
 * A start that fails under runc or crun, in each of its ways, leaves nothing: no cgroup, no state of the
 * runtime's, no mount, no process, no file.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cgroupLayout } from '../../src/core/cgroup/cgroupFacts';
import type { OciConfig } from '../../src/core/config/schema';
import { containerId } from '../../src/helper/cgroup/containerId';
import {
  type TestPrivilege,
  type Workplace,
  ended,
  privileges,
  processesWith,
  until,
  usePlace,
} from './containers';
import { useEngine } from './useEngine';
import { skipBecause } from '../skip';

const failures: readonly (readonly [what: string, change: (config: OciConfig) => void])[] = [
  [
    'a mount',
    ({ mounts }) => mounts.push({ destination: '/mnt', type: 'nosuchfs', source: 'none' }),
  ],
  [
    'the program',
    (config) => {
      // Where something is mounted, only the runtime finds out what is there.
      config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'tmpfs' });
      config.process.args = ['/mnt/nosuchprogram'];
    },
  ],
  ['the folder to start in', ({ process }) => (process.cwd = '/bin/busybox/below')],
  [
    'a mount, in a cgroup of two levels',
    ({ linux, mounts }) => {
      linux.cgroupsPath = `/box-${process.pid}/below`;
      mounts.push({ destination: '/mnt', type: 'nosuchfs', source: 'none' });
    },
  ],
  // crun 1.8 cannot make both, and ends before it has tidied up.
  ['a time namespace', ({ linux }) => linux.namespaces.push({ type: 'time' })],
];

describe('a start that fails under an engine', function () {
  this.timeout(240_000); // also in a virtual machine without KVM
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const engine of ['runc', 'crun'] as const)
    describe(engine, () => {
      useEngine(engine, () => place);

      const bundle = (privilege: TestPrivilege, change: (config: OciConfig) => void) =>
        place.bundle(privilege, 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.process.terminal = false;
          change(config);
        });

      /** What the engine keeps of this container; others may run meanwhile. */
      const states = (privilege: TestPrivilege, made: string): string[] => {
        const folder = path.join(
          privilege === 'rootless' ? `/tmp/terrarium-${place.user.uid}` : '/run',
          engine,
        );
        if (!existsSync(folder)) return [];
        return readdirSync(folder).filter((name) => name.endsWith(containerId(made)));
      };

      for (const privilege of privileges) {
        for (const [what, change] of failures)
          it(`leaves nothing where it fails at ${what} (${privilege})`, async function () {
            if (privilege === 'rootless' && what.includes('cgroup'))
              skipBecause(this, 'a user makes no cgroup at the top');
            const made = await bundle(privilege, change);
            const { code, stderr } = await place.run(privilege, made);
            // A later engine may make the time namespace: then the shell ends at once.
            if (what !== 'a time namespace') assert.equal(code, 125, stderr);
            assert.deepEqual(states(privilege, made), []);
          });

        const moments: readonly (readonly [string, (made: string) => boolean])[] = [
          ['as its runtime begins', (made) => processesWith(`${containerId(made)}/pid`).length > 0],
          ['once there is a state', (made) => states(privilege, made).length > 0],
        ];
        for (const [moment, isNow] of moments)
          it(`leaves nothing where the helper is killed ${moment} (${privilege})`, async () => {
            const made = await bundle(privilege, ({ process }) => {
              process.args = ['/bin/sleep', '3001'];
            });
            const child = place.start(privilege, ['run', made]);
            const over = ended(child);
            await until(moment, () => isNow(made));
            for (const pid of processesWith(place.helper)) process.kill(pid, 'SIGKILL');
            // Also what ends the container: the next helper may not be faster.
            await until('the end of all', () =>
              [containerId(made), 'sleep 3001'].every((words) => processesWith(words).length === 0),
            );
            await over;
            const next = await bundle(privilege, ({ process }) => {
              process.args = ['/bin/true'];
            });
            const { code, stderr } = await place.run(privilege, next);
            assert.equal(code, 0, stderr);
            assert.deepEqual(states(privilege, made), []);
          });
      }

      it('does not touch a cgroup that was there before', async () => {
        const mount = (await cgroupLayout()).mount;
        if (mount === undefined) return;
        const above = path.join(mount, `box-before-${process.pid}`);
        mkdirSync(above);
        try {
          const made = await bundle('root', ({ linux, mounts }) => {
            linux.cgroupsPath = `/${path.basename(above)}/of/it`;
            mounts.push({ destination: '/mnt', type: 'nosuchfs', source: 'none' });
          });
          assert.equal((await place.run('root', made)).code, 125);
          assert.ok(existsSync(above));
          assert.ok(!existsSync(path.join(above, 'of')));
        } finally {
          spawnSync('rmdir', [above]);
        }
      });
    });
});
