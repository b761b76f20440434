/** How a container's processes are scheduled, and which clocks and domain they see: config.json against the kernel. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { skipBecause } from '../skip';
import type { OciConfig } from '../../src/core/config/schema';
import { type Ended, type TestPrivilege, Workplace, privileges, usePlace } from './containers';
import { Served, size } from './serving';

const wanted = {
  scheduler: { policy: 'SCHED_BATCH', nice: 5 },
  ioPriority: { class: 'IOPRIO_CLASS_BE', priority: 6 },
} as const;

/** Nice value and policy of proc_pid_stat(5), and what ioprio_get(2) and uname(2) say. */
const look = 'cut -d" " -f19,41 /proc/$$/stat; busybox ionice -p $$; uname -m';
const machine = spawnSync('setarch', ['linux32', 'uname', '-m']).stdout.toString().trim();
const expected = ['5 3', 'best-effort: prio 6', machine, ''].join('\n');

/** By terrarium-init, and by the exported script, which does the same with programs of the machine. */
const ways = ['program', 'script'] as const;

describe('how a container runs', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  /** Runs these words in a shell of the container. */
  async function ask(
    way: (typeof ways)[number],
    privilege: TestPrivilege,
    words: string,
    change: (config: OciConfig) => void,
  ): Promise<Ended> {
    const bundle = await place.bundle(privilege, 'notes', (config) => {
      config.process.args = ['/bin/sh', '-c', words];
      change(config);
    });
    return way === 'script' ? place.runScript(privilege, bundle) : place.run(privilege, bundle);
  }

  for (const privilege of privileges)
    for (const way of ways)
      it(`is scheduled as config.json says, in that execution domain (${privilege}, ${way})`, async () => {
        const { stdout, stderr } = await ask(way, privilege, look, (config) => {
          Object.assign(config.process, structuredClone(wanted));
          config.linux.personality = { domain: 'LINUX32' };
        });
        assert.equal(stdout, expected, stderr);
        assert.doesNotMatch(stderr, /not carried out/);
      });

  it('has a realtime policy from root, and without root says what the kernel refuses', async function () {
    if (spawnSync('chrt', ['--fifo', '7', 'true']).status !== 0)
      skipBecause(this, 'this machine lets nobody have a realtime policy');
    for (const privilege of ['root', 'rootless'] as const) {
      const bundle = await place.bundle(privilege, 'notes', ({ process }) => {
        process.scheduler = {
          ...{ policy: 'SCHED_FIFO', priority: 7 },
          flags: ['SCHED_FLAG_RESET_ON_FORK'],
        };
      });
      const ask = ['/bin/busybox', 'cut', '-d ', '-f40,41', '/proc/self/stat'];
      const { code, stdout, stderr } = await place.run(privilege, bundle, ask);
      if (privilege === 'root') {
        assert.equal(stdout, '7 1\n', stderr);
      } else {
        assert.equal(code, 125);
        assert.match(stderr, /scheduling policy.*sched_setattr: Operation not permitted/s);
      }
    }
  });

  for (const privilege of ['root', 'rootless'] as const)
    for (const way of ways)
      it(`has clocks with the offsets of its time namespace (${privilege}, ${way})`, async () => {
        const nanosecs = way === 'script' ? 0 : 250_000_000;
        const words = 'cat /proc/1/timens_offsets /proc/uptime; readlink /proc/1/ns/time';
        const { stdout, stderr } = await ask(way, privilege, words, ({ linux }) => {
          linux.namespaces.push({ type: 'time' });
          linux.timeOffsets = {
            monotonic: { secs: 172_800, nanosecs },
            boottime: { secs: 86_400 },
          };
        });
        const [monotonic, boottime, uptime, namespace] = stdout.trim().split('\n');
        assert.equal(monotonic!.replace(/\s+/g, ' '), `monotonic 172800 ${nanosecs}`, stderr);
        assert.match(boottime!, /^boottime\s+86400\s+0$/);
        const outside = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
        const ahead = Number(uptime!.split(' ')[0]) - outside;
        assert.ok(Math.abs(ahead - 86_400) < 30, `${ahead} seconds ahead`);
        assert.notEqual(namespace, readlinkSync('/proc/self/ns/time'));
      });

  it('refuses clocks before the first second, and leaves the machine’s where there is no time namespace', async () => {
    const boottime = { secs: -(10 ** 9) };
    const before = await place.bundle('root', 'notes', ({ linux }) => {
      linux.namespaces.push({ type: 'time' });
      linux.timeOffsets = { boottime };
    });
    const { code, stderr } = await place.run('root', before, ['/bin/true']);
    assert.equal(code, 125);
    assert.match(
      stderr,
      /linux\.timeOffsets: (Numerical result out of range|Result not representable)/,
    );
    const without = await place.bundle('root', 'notes', ({ linux }) => {
      linux.timeOffsets = { boottime };
    });
    const said = await place.run('root', without, ['/bin/true']);
    assert.equal(said.code, 0);
    assert.match(said.stderr, /linux\.timeOffsets is not carried out/);
  });

  for (const privilege of ['root', 'rootless'] as const)
    it(`has further shells that run as PID 1 does, on the processors for them (${privilege})`, async function () {
      if (availableParallelism() < 2) skipBecause(this, 'this machine has one processor');
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        Object.assign(config.process, structuredClone(wanted));
        config.process.execCPUAffinity = { initial: '0', final: '1' };
        config.linux.personality = { domain: 'LINUX32' };
      });
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const { id, hostPid } = await client.start(bundle);
      const processors = (pid: number) =>
        /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
      assert.notEqual(processors(hostPid!), '1');
      const { stream } = await client.rpc.request('openSession', { id, args: [], ...size });
      const shell = await client.attach(stream);
      await shell.shows(/[#$]$/);
      shell.type(`grep Cpus_allowed_list /proc/self/status; ${look}; echo done\r`);
      await shell.shows(
        new RegExp(`Cpus_allowed_list:\\s+1\\s+5 3\\s+best-effort: prio 6\\s+${machine}\\s+done`),
      );
      await served.stop();
    });
});
