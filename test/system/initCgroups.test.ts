/**
 * An init as PID 1 makes cgroups of its own, as systemd does init.scope and system.slice: they go with
 * the container, whatever way it ends, and the machine's stay as they were.
 */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cgroupGround, cgroupMount } from './cgroups';
import { type Workplace, processesWith, until, usePlace } from './containers';
import { Served } from './serving';
import { skipBecause } from '../skip';

/** What systemd does below the cgroup that /proc/self/cgroup names. */
const init = `#!/bin/sh
mkdir -p /cg && mount -t cgroup2 none /cg || exit 3
own=/cg$(sed -n 's/^0:://p' /proc/self/cgroup)
mkdir -p "$own/init.scope" "$own/system.slice/lab.service" || exit 4
echo $$ >"$own/init.scope/cgroup.procs" || exit 5
sh -c 'echo $$ >"$1/system.slice/lab.service/cgroup.procs"; exec sleep 3004' sh "$own" &
until grep -q . "$own/system.slice/lab.service/cgroup.procs"; do sleep 0.02; done
trap "exit 7" TERM
echo >/up
wait
`;

/** Seventeen names of 250 bytes: the last folder has no path that the kernel would take (PATH_MAX). */
const deep = `mkdir -p /cg && mount -t cgroup2 none /cg && cd /cg || exit 3
name=$(printf %0250d 0)
at=0
while [ $at -lt 17 ]; do mkdir $name && cd -P ./$name 2>/dev/null || exit 4; at=$((at + 1)); done
echo $at deep
exec sleep 3005
`;

describe('the cgroups that an init makes', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of ['root', 'sudo'] as const)
    for (const end of ['stopped', 'its helper killed'] as const)
      it(`go with its container, ${end} (${privilege})`, async function () {
        const mount = cgroupMount();
        if (mount === undefined) skipBecause(this, 'no cgroup v2 here');
        const before = readdirSync(mount).sort();
        const made = await place.bundle(privilege, 'notes', (config) => {
          config.process.args = ['/sbin/init'];
        });
        const file = path.join(made, 'rootfs/sbin/init');
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, init);
        chmodSync(file, 0o755);
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id } = await client.start(made);
        await until('its cgroups', () => existsSync(path.join(made, 'rootfs/up')));
        const own = readdirSync(mount).find((name) => name.endsWith(`-${id}`));
        assert.ok(own, 'it has one of its own');
        assert.ok(existsSync(path.join(mount, own, 'system.slice/lab.service')));
        if (end === 'stopped') {
          await client.rpc.request('stop', { id, graceMs: 500 });
          await served.stop();
        } else {
          await served.kill(client);
          await until('the end of all', () => processesWith('sleep 3004').length === 0);
          await (await Served.start(place, privilege, served.home)).stop();
        }
        assert.deepEqual(readdirSync(mount).sort(), before);
      });

  for (const end of ['stopped', 'its helper killed'] as const)
    it(`go with it, deeper than a path may be long, ${end}`, async function () {
      if (cgroupMount() === undefined) skipBecause(this, 'no cgroup v2 here');
      const ground = cgroupGround(place, 'rootless');
      try {
        const before = readdirSync(ground.base).sort();
        const made = await place.bundle('rootless', 'notes', ({ linux, process }) => {
          process.args = ['/bin/sh', '-c', deep];
          linux.namespaces.push({ type: 'cgroup' });
        });
        const served = await Served.start(place, 'rootless');
        const client = await served.connect();
        const { id, console } = await client.start(made);
        await (await client.attach(console)).shows(/^17 deep$/m);
        if (end === 'stopped') {
          await client.rpc.request('stop', { id, graceMs: 0 });
          await served.stop();
        } else {
          await served.kill(client);
          await until('the end of all', () => processesWith('sleep 3005').length === 0);
          // Nor does it keep the next one from serving.
          await (await Served.start(place, 'rootless', served.home)).stop();
        }
        assert.deepEqual(readdirSync(ground.base).sort(), before);
      } finally {
        await ground.remove();
      }
    });
});
