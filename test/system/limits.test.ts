/**
 * The container's cgroup of version 2: its place and life (security cases 26-28), and the limits
 * (22-25), which need controllers: `npm run test:vm` has them where this machine has not.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { skipBecause } from '../skip';
import { type CgroupGround, cgroupGround, cgroupMount, cgroupOf, controllersIn } from './cgroups';
import {
  closeToOthers,
  ended,
  privileges,
  processesWith,
  type Workplace,
  until,
  usePlace,
} from './containers';
import { Served, graceMs, size } from './serving';

describe('limits', function () {
  this.timeout(240_000); // also in a virtual machine without KVM
  let place: Workplace;
  before(function () {
    if (!cgroupMount()) skipBecause(this, 'no cgroup v2 here');
  });
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges)
    describe(privilege, () => {
      let ground: CgroupGround;
      before(() => {
        ground = cgroupGround(place, privilege);
      });
      after(() => ground?.remove());

      const bundle = (change: (config: OciConfig) => void) =>
        place.bundle(privilege, 'notes', (config) => {
          config.linux.cgroupsPath = 'lab/box';
          change(config);
        });
      const own = () => path.join(ground.base, 'terrarium/lab/box');
      const withArgs = (script: string) => (config: OciConfig) => {
        config.process.args = ['/bin/sh', '-c', script];
      };

      it('puts PID 1 where config.json says, and nothing is left of it in the end', async () => {
        const made = await bundle(withArgs('cat /proc/self/cgroup; exit 7'));
        closeToOthers(made);
        const { code, stdout, stderr } = await place.run(privilege, made);
        assert.match(stdout, new RegExp(`^0::${ground.path}/terrarium/lab/box$`, 'm'), stderr);
        assert.equal(stderr, '');
        assert.equal(code, 7);
      });

      it('bounds the cgroups below it, which takes no controller', async () => {
        const made = await bundle((config) => {
          config.linux.resources = { unified: { 'cgroup.max.depth': '2' } };
          withArgs('sleep 1000')(config);
        });
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        await client.start(made);
        assert.equal(readFileSync(path.join(own(), 'cgroup.max.depth'), 'utf8'), '2\n');
        await served.stop();
      });

      it('filters devices as the last entry about each has it, before the first program runs', async () => {
        const made = await bundle((config) => {
          config.linux.devices = [{ path: '/dev/lab', type: 'c', major: 1, minor: 11 }];
          config.linux.resources = {
            devices: [
              { allow: false },
              { allow: true, type: 'c', major: 1, minor: 11, access: 'rw' },
              { allow: false, type: 'c', major: 1, minor: 11, access: 'w' },
            ],
          };
          // Reading and writing need both; a node may be made, and nobody opens it.
          const look = (words: string) => `(${words}) 2>&1 | sed 's/.*: //'`;
          withArgs(
            [
              ': </dev/lab && echo reads; echo null >/dev/null',
              ...[': >>/dev/lab', ': <>/dev/lab', 'mknod /dev/b b 7 0 && : </dev/b'].map(look),
            ].join('; '),
          )(config);
        });
        if (privilege === 'rootless') {
          const lent = await bundle((config) => {
            config.linux.resources = { devices: [{ allow: false }] };
            withArgs('cat /proc/self/cgroup')(config);
          });
          const { stdout, stderr } = await place.run(privilege, lent);
          assert.match(
            stderr,
            /linux\.resources\.devices is not carried out: root of this machine/,
          );
          assert.doesNotMatch(stderr, /did not start/, stdout);
          return;
        }
        const { stdout, stderr } = await place.run(privilege, made);
        const refused = 'Operation not permitted\n';
        assert.equal(stdout, `reads\n${refused.repeat(3)}`, stderr);
      });

      it('has one filter at a cgroup that stays, however often it starts', async function () {
        if (privilege === 'rootless') skipBecause(this, 'root alone loads a filter');
        const name = `lab-devices-${process.pid}`;
        const folder = path.join(cgroupMount()!, name);
        mkdirSync(folder);
        try {
          const read = async (allow: boolean) => {
            const made = await bundle((config) => {
              config.linux.cgroupsPath = `/${name}`;
              config.linux.devices = [{ path: '/dev/lab', type: 'c', major: 1, minor: 11 }];
              config.linux.resources = { devices: [{ allow }] };
              withArgs(': </dev/lab')(config);
            });
            return (await place.run(privilege, made)).code;
          };
          assert.deepEqual([await read(false), await read(true)], [1, 0]);
        } finally {
          rmdirSync(folder);
        }
      });

      it('lets a cgroup namespace begin there', async () => {
        const made = await bundle((config) => {
          config.linux.namespaces.push({ type: 'cgroup' });
          withArgs('cat /proc/self/cgroup')(config);
        });
        const { stdout, stderr } = await place.run(privilege, made);
        assert.match(stdout, /^0::\/$/m, stderr);
      });

      it('shows a cgroup namespace nothing of this machine’s where no place is named', async () => {
        const victim = spawn('sleep', ['1000']);
        mkdirSync(path.join(ground.base, 'victim'));
        try {
          writeFileSync(path.join(ground.base, 'victim/cgroup.procs'), String(victim.pid));
          const made = await bundle((config) => {
            delete config.linux.cgroupsPath;
            config.linux.namespaces.push({ type: 'cgroup' });
            // Without a capability: what is its own, or world's, is enough to kill in.
            config.process.capabilities = { bounding: [], permitted: [], effective: [] };
            config.mounts.push({ destination: '/mnt', type: 'cgroup2', source: 'cgroup' });
            withArgs('cat /proc/self/cgroup; cd /mnt && echo */; exit 7')(config);
          });
          const { code, stdout, stderr } = await place.run(privilege, made);
          assert.match(stdout, /^0::\/\n\*\/$/m, stderr);
          assert.equal(code, 7, stderr);
        } finally {
          await end(victim);
          rmdirSync(path.join(ground.base, 'victim'));
        }
      });

      it('runs as the exported script in the same cgroup, which goes with it', async () => {
        const made = await bundle(withArgs('cat /proc/self/cgroup; exit 7'));
        const file = await place.exportedScript(privilege, made);
        const child = place.startProgram(privilege, ['sh', file]);
        const { code, stdout, stderr } = await ended(child);
        assert.match(stdout, new RegExp(`^0::${ground.path}/terrarium/lab/box$`, 'm'), stderr);
        assert.equal(code, 7, stderr);
      });

      it('ends with the caller of the exported script', async () => {
        const made = await bundle(withArgs('sleep 1234'));
        const file = await place.exportedScript(privilege, made);
        const child = place.startProgram(privilege, ['sh', file]);
        const members = () =>
          existsSync(own()) ? readFileSync(path.join(own(), 'cgroup.procs'), 'utf8') : '';
        await until('its cgroup', () => members() !== ''); // it may be anywhere in its start
        child.kill('SIGTERM');
        try {
          await until('its end', () => members() === '');
        } finally {
          // Killed as it is, the script takes nothing away.
          for (const folder of ['lab/box', 'lab', '']) removeFolder(ground, folder);
        }
      });

      it('refuses a cgroup with processes, and leaves them alone (26)', async () => {
        mkdirSync(own(), { recursive: true });
        const stranger = spawn('sleep', ['1000']);
        try {
          writeFileSync(path.join(own(), 'cgroup.procs'), String(stranger.pid));
          const { code, stderr } = await place.run(privilege, await bundle(() => undefined));
          assert.equal(code, 125);
          assert.match(stderr, /wants the cgroup \S*\/terrarium\/lab\/box, .* processes in it/);
          assert.equal(stranger.exitCode, null);
          assert.equal(cgroupOf(stranger.pid!), `${ground.path}/terrarium/lab/box`);
        } finally {
          await end(stranger);
          for (const folder of ['lab/box', 'lab', '']) removeFolder(ground, folder);
        }
      });

      it('uses an empty one that is there, and leaves it there', async function () {
        if (privilege === 'rootless') skipBecause(this, 'what root made is not the user’s to use');
        mkdirSync(own(), { recursive: true });
        try {
          const { code, stderr } = await place.run(privilege, await bundle(withArgs('exit 3')));
          assert.equal(code, 3, stderr);
          assert.ok(existsSync(own()));
        } finally {
          for (const folder of ['lab/box', 'lab', '']) removeFolder(ground, folder);
        }
      });

      it('holds its processes still where they are, and lets them go on (27)', async () => {
        const made = await bundle(withArgs('while :; do i=$((i+1)); echo $i >/n; done'));
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id, hostPid } = await client.start(made);
        const file = path.join(made, 'rootfs/n');
        const count = () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0);
        await until('progress', () => count() > 1);
        await client.rpc.request('pause', { id });
        assert.match(readFileSync(path.join(own(), 'cgroup.events'), 'utf8'), /^frozen 1$/m);
        assert.equal(cgroupOf(hostPid!), `${ground.path}/terrarium/lab/box`);
        const held = readFileSync(`/proc/${hostPid}/stat`, 'utf8');
        for (let look = 0; look < 20; look++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          assert.equal(readFileSync(`/proc/${hostPid}/stat`, 'utf8'), held);
        }
        await assert.rejects(
          client.rpc.request('openSession', { id, args: [], ...size }),
          /is paused: a shell in it would not move either/,
        );
        const before = count();
        await client.rpc.request('resume', { id });
        await until('progress', () => count() > before);
        await client.rpc.request('pause', { id });
        await client.rpc.request('stop', { id, graceMs });
        await served.stop();
      });

      it('puts a session where PID 1 is (28)', async () => {
        const made = await bundle(withArgs('sleep 1000'));
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id } = await client.start(made);
        const args = ['/bin/sh', '-c', 'cat /proc/self/cgroup; read -r line'];
        const { stream } = await client.rpc.request('openSession', { id, args, ...size });
        const screen = await client.attach(stream);
        await screen.shows(new RegExp(`0::${ground.path}/terrarium/lab/box`));
        await client.rpc.request('stop', { id, graceMs: 0 });
        await served.stop();
      });

      it('ends everything in the cgroup when it is stopped, inside or not', async () => {
        const made = await bundle(withArgs('trap "" TERM HUP; while :; do sleep 1; done'));
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const { id } = await client.start(made);
        const guest = spawn('sleep', ['1000']);
        const gone = new Promise((resolve) => guest.once('exit', (_, signal) => resolve(signal)));
        writeFileSync(path.join(own(), 'cgroup.procs'), String(guest.pid));
        await client.rpc.request('stop', { id, graceMs: 50 });
        assert.equal(await gone, 'SIGKILL');
        await served.stop();
      });

      it('is taken away by the next helper where the last one was killed', async () => {
        const made = await bundle(withArgs('sleep 2000'));
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        await client.start(made);
        await served.kill(client);
        await until('the end of all', () => processesWith('sleep 2000').length === 0);
        assert.ok(existsSync(own()), 'nobody was there to remove it');
        const next = await Served.start(place, privilege, served.home);
        assert.equal(existsSync(path.join(ground.base, 'terrarium')), false);
        await next.stop();
      });

      it('is taken away by the next helper where the last one was killed during the start', async () => {
        for (const cgroupsPath of ['lab/box', `${ground.path}/box-lab/box`]) {
          const made = await bundle((config) => {
            config.linux.cgroupsPath = cgroupsPath;
            // So many steps that it is still at them when the helper dies.
            for (let index = 0; index < 400; index++)
              config.mounts.push({ destination: `/mnt/${index}`, type: 'tmpfs', source: 'tmpfs' });
          });
          const folder = path.join(
            ground.base,
            cgroupsPath.startsWith('/') ? 'box-lab/box' : 'terrarium/lab/box',
          );
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const { pid } = await client.rpc.request('hello', { client: 'test' });
          const lost = assert.rejects(client.start(made), /connection to the helper was lost/);
          await until('its cgroup', () => existsSync(folder));
          process.kill(pid, 'SIGKILL');
          await lost;
          assert.ok(existsSync(folder), 'nobody was there to remove it');
          const next = await Served.start(place, privilege, served.home);
          for (const one of ['terrarium', 'box-lab'])
            assert.equal(existsSync(path.join(ground.base, one)), false, one);
          await next.stop();
        }
      });

      it('shares its parents with others, and the last one takes them away', async () => {
        for (const parent of ['lab', `${ground.path}/box-lab`]) {
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const bundles: string[] = [];
          for (let index = 0; index < 6; index++)
            bundles.push(
              await bundle((config) => {
                config.linux.cgroupsPath = `${parent}/${index}`;
                // Some end while others start.
                withArgs(index % 2 ? 'sleep 1000' : 'exit 0')(config);
              }),
            );
          const started = await Promise.all(bundles.map((one) => client.start(one)));
          for (const { id } of started) await client.rpc.request('stop', { id, graceMs: 0 });
          await served.stop();
          for (const folder of ['terrarium', 'box-lab'])
            assert.equal(existsSync(path.join(ground.base, folder)), false);
        }
      });

      if (privilege === 'rootless') {
        it('refuses a place that is not the user’s, and a limit where nothing is', async () => {
          const outside = await bundle((config) => void (config.linux.cgroupsPath = '/boxes'));
          const first = await place.run(privilege, outside);
          assert.equal(first.code, 125);
          assert.match(first.stderr, /only what is below \/lab-\S+ is yours/);
          const { prefix } = place;
          place.prefix = [];
          const limited = await bundle(({ linux }) => {
            linux.resources = { pids: { limit: 5 } };
          });
          const second = await place.run(privilege, limited);
          const third = await place.run(privilege, await bundle(withArgs('exit 4')));
          place.prefix = prefix;
          assert.match(
            second.stderr,
            /no cgroup that the helper runs in belongs to you.*Delegate=yes/,
          );
          assert.equal(second.code, 125);
          assert.match(third.stderr, /linux\.cgroupsPath is not carried out/);
          assert.equal(third.code, 4);
        });
      }

      it('names the controller that is not to be had', async () => {
        const made = await bundle(({ linux }) => {
          linux.resources = { unified: { 'nosuch.max': '1' } };
        });
        const { code, stderr } = await place.run(privilege, made);
        assert.equal(code, 125);
        assert.match(stderr, /a limit of “nosuch”, and .* has no such controller/);
      });

      describe('with controllers', () => {
        const limited = (resources: OciConfig['linux']['resources'], script: string) =>
          place.bundle(privilege, 'notes', (config) => {
            config.linux.resources = resources;
            withArgs(script)(config);
          });
        before(function () {
          const there = controllersIn(ground.base);
          const lacking = ['cpu', 'memory', 'pids'].filter((one) => !there.includes(one));
          if (lacking.length)
            skipBecause(this, `cgroup v2 has no ${lacking.join(', ')} here: see npm run test:vm`);
        });

        it('bounds a fork bomb (22)', async () => {
          const bomb = '(while :; do sleep 1000 & i=$((i+1)); echo $i; done) 2>/dev/null';
          const made = await limited({ pids: { limit: 20 } }, `${bomb}; exit 6`);
          const { code, stdout, stderr } = await place.run(privilege, made);
          // PID 1, the shell below it, and the rest.
          assert.equal(stdout.trim().split('\n').at(-1), '18', stderr);
          assert.equal(code, 6);
        });

        it('starts with a limit of a single process', async () => {
          const made = await limited({ pids: { limit: 1 } }, 'echo alone; (:); exit 6');
          const { code, stdout } = await place.run(privilege, made);
          assert.equal(stdout, 'alone\n');
          assert.notEqual(code, 6, 'it could not fork');
        });

        it('says which container was killed by which limit (23)', async () => {
          const hog = 'exec dd if=/dev/zero of=/dev/null bs=200M count=1';
          const made = await limited({ memory: { limit: 64 * 1024 * 1024 } }, hog);
          const said =
            /“box” was killed: it used more memory than memory\.limit \(64 MiB\) allows\./;
          const { code, stderr } = await place.run(privilege, made);
          assert.equal(code, 137);
          assert.match(stderr, said);
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const exit = await client.startToEnd(made);
          assert.match(exit?.message ?? '', said);
          assert.equal(exit?.outOfMemory, true);
          await served.stop();
        });

        it('tells of a kill while the container goes on (23)', async () => {
          const hog = 'dd if=/dev/zero of=/dev/null bs=200M count=1; echo it goes on; sleep 1000';
          const made = await limited({ memory: { limit: 64 * 1024 * 1024 } }, hog);
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const info = await client.start(made);
          const screen = await client.attach(info.console);
          await screen.shows(/it goes on/, 60_000);
          await screen.shows(/! one process in “box” was killed: they used more memory than/);
          await client.rpc.request('stop', { id: info.id, graceMs: 0 });
          await served.stop();
        });

        it('keeps to its share of time (24)', async () => {
          const made = await limited({ cpu: { quota: 10_000 } }, 'while :; do :; done');
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const { id, hostPid } = await client.start(made);
          const folder = path.join(cgroupMount()!, cgroupOf(hostPid!));
          const stat = (key: string) =>
            Number(
              new RegExp(`^${key} (\\d+)$`, 'm').exec(
                readFileSync(path.join(folder, 'cpu.stat'), 'utf8'),
              )![1],
            );
          const from = { usage: stat('usage_usec'), periods: stat('nr_periods') };
          await until('30 periods', () => stat('nr_periods') >= from.periods + 30, 60_000);
          const used = stat('usage_usec') - from.usage;
          const periods = stat('nr_periods') - from.periods;
          assert.ok(stat('nr_throttled') > 0);
          // The kernel hands time out in slices of 5 ms for each processor.
          assert.ok(used <= (periods + 2) * 10_000 + 4 * 5_000, `${used} µs in ${periods} periods`);
          await client.rpc.request('stop', { id, graceMs: 0 });
          await served.stop();
        });

        it('has every limit in force before the first instruction (25)', async () => {
          const made = await place.bundle(privilege, 'notes', (config) => {
            config.mounts.push({ destination: '/limits', type: 'cgroup', options: ['ro'] });
            config.linux.namespaces.push({ type: 'cgroup' });
            config.linux.resources = {
              memory: { limit: 1 << 26, reservation: 1 << 20, swap: 1 << 27 },
              cpu: { shares: 512, quota: 50_000, period: 100_000 },
              pids: { limit: 30 },
              unified: { 'memory.high': '60000000' },
            };
            const files =
              'memory.max memory.low memory.swap.max memory.high cpu.weight cpu.max pids.max';
            const args = files.split(' ').map((file) => `/limits/${file}`);
            config.process.args = ['/bin/cat', ...args];
          });
          const { stdout, stderr } = await place.run(privilege, made);
          const values = ['67108864', '1048576', '67108864', '59998208'];
          assert.deepEqual(
            stdout.trim().split('\n'),
            [...values, '20', '50000 100000', '31'],
            stderr,
          );
        });

        it('sweeps one without a name of its own after its helper was killed', async () => {
          const made = await limited({ pids: { limit: 20 } }, 'sleep 2000');
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const { hostPid } = await client.start(made);
          const folder = path.join(cgroupMount()!, cgroupOf(hostPid!));
          assert.match(folder, /\/terrarium-\d+-\d+-\d+-[0-9a-f]{16}$/);
          await served.kill(client);
          await until('the end of all', () => processesWith('sleep 2000').length === 0);
          const next = await Served.start(place, privilege, served.home);
          assert.equal(existsSync(folder), false);
          await next.stop();
        });
      });
    });
});

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

function removeFolder({ base }: CgroupGround, folder: string): void {
  rmdirSync(path.join(base, 'terrarium', folder));
}
