/**
 * The same bundle under an installed runtime: status, ids, sessions' home, and nothing left behind.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cgroupLayout } from '../../src/core/cgroup/cgroupFacts';
import type { OciConfig } from '../../src/core/config/schema';
import { parseMountinfo } from '../../src/core/procfs/parseMountinfo';
import { compile, requireFuse } from './compile';
import { controllersIn } from './cgroups';
import {
  Workplace,
  commandLineOf,
  ended,
  assertSameHost,
  hostState,
  privileges,
  processesWith,
  until,
} from './containers';
import { Served, size } from './serving';
import { useEngine } from './useEngine';
import { parentOf } from './machineProcesses';
import { skipBecause } from '../skip';

/** runc takes version 1 as well; under version 2 the controller must be in the tree that is seen. */
async function noMemoryLimit(engine: 'runc' | 'crun'): Promise<string | undefined> {
  const { layout, mount } = await cgroupLayout();
  if (mount !== undefined && controllersIn(mount).includes('memory')) return undefined;
  const v1 = layout !== 'v2' && existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  if (engine === 'runc' && v1) return undefined;
  return `${engine} finds no memory controller here: see npm run test:vm`;
}

function cgroupTrees(): string[] {
  return parseMountinfo(readFileSync('/proc/self/mountinfo'))
    .filter(({ type }) => /^cgroup2?$/.test(type))
    .map(({ mountPoint }) => mountPoint);
}

function isSleep(pid: number): boolean {
  return commandLineOf(pid).startsWith('/bin/sleep ');
}

/** What a helper that is held up would never do. */
function answered<T>(answer: Promise<T>): Promise<T> {
  const late = delay(8000).then(() => Promise.reject(new Error('no answer within 8 seconds')));
  return Promise.race([answer, late]);
}

describe('engines', function () {
  this.timeout(240_000); // also in a virtual machine without KVM
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());

  for (const engine of ['runc', 'crun'] as const) {
    describe(engine, () => {
      useEngine(engine, () => place);

      const bundle = (point: 'notes' | 'safe') =>
        place.bundle('root', point, (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
        });

      for (const point of ['notes', 'safe'] as const) {
        it(`runs the bundle “${point}” unchanged and passes its status on`, async function () {
          const before = hostState();
          const words = ['/bin/sh', '-c', 'echo $$; hostname; exit 42'];
          const { code, stdout, stderr } = await place.run('root', await bundle(point), words);
          assert.equal(stdout, '1\nbox\n', stderr);
          assert.equal(code, 42);
          await assertSameHost(before);
        });
      }

      it('leaves what it is redirected to, or from, to whom it belongs', async () => {
        const range = [{ containerID: 0, hostID: 100_000, size: 1000 }];
        const redirected = await place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.linux.namespaces.push({ type: 'user' });
          Object.assign(config.linux, { uidMappings: range, gidMappings: range });
        });
        const rootfs = path.join(redirected, 'rootfs');
        assert.equal(spawnSync('chown', ['-hR', '100000:100000', rootfs]).status, 0);
        const [device, file] = [path.join(redirected, 'device'), path.join(redirected, 'file')];
        assert.equal(spawnSync('mknod', [device, 'c', '1', '3']).status, 0); // null(4)
        const { argv } = place.command('root', ['run', redirected, '--', 'seq', '100000']);
        const script = 'device=$1 file=$2; shift 2; exec "$@" <"$device" >"$file"';
        const { status, stderr } = spawnSync('sh', ['-c', script, 'sh', device, file, ...argv]);
        assert.equal(status, 0, String(stderr));
        assert.match(readFileSync(file, 'utf8'), /^1\n2\n[^]*\n99999\n100000\n$/);
        for (const one of [device, file]) assert.equal(statSync(one).uid, 0, one);
      });

      it('gives PID 1 the capabilities of config.json', async function () {
        const words = ['/bin/sh', '-c', 'grep CapEff /proc/self/status'];
        const { stdout } = await place.run('root', await bundle('safe'), words);
        assert.match(stdout, /CapEff:\s00000000000405fb/);
      });

      it('says that its PID 1 was killed for want of memory (23)', async function () {
        const why = await noMemoryLimit(engine);
        if (why) skipBecause(this, why);
        const before = hostState();
        const limit = 16 * 1024 * 1024;
        const made = await place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.linux.resources = { memory: { limit, swap: limit } };
          config.process.args = ['/bin/dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'];
        });
        const said = /“box” was killed: it used more memory than memory\.limit \(16 MiB\) allows\./;
        const { code, stderr } = await place.run('root', made);
        assert.match(stderr, said);
        assert.equal(code, 137);
        const served = await Served.start(place, 'root');
        const client = await served.connect();
        const exit = await client.startToEnd(made);
        assert.match(exit?.message ?? '', said);
        assert.equal(exit?.outOfMemory, true);
        await served.stop();
        await assertSameHost(before);
        assert.equal(spawnSync(engine, ['list', '-q'], { encoding: 'utf8' }).stdout, '');
      });

      it('does not take a stop for a want of memory, and leaves nothing of a limited one', async function () {
        const why = await noMemoryLimit(engine);
        if (why) skipBecause(this, why);
        const before = hostState();
        const limit = 16 * 1024 * 1024;
        const hog = 'dd if=/dev/zero of=/dev/null bs=200M count=1; echo it goes on; sleep 2000';
        const made = await place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.linux.resources = { memory: { limit, swap: limit } };
          config.process.args = ['/bin/sh', '-c', `trap "" TERM; ${hog}`];
        });
        const served = await Served.start(place, 'root');
        const client = await served.connect();
        const info = await client.start(made);
        await (await client.attach(info.console)).shows(/it goes on/);
        const over = client.next('containerChanged', ({ state }) => state === 'stopped');
        await client.rpc.request('stop', { id: info.id, graceMs: 50 });
        const { exit } = await over;
        assert.match(
          exit?.message ?? '',
          /by SIGKILL\. Before that one process in it had been killed/,
        );
        await client.start(made);
        await served.kill(client);
        await until('the end of all', () => processesWith('sleep 2000').length === 0);
        await (await Served.start(place, 'root', served.home)).stop();
        await assertSameHost(before);
        assert.equal(spawnSync(engine, ['list', '-q'], { encoding: 'utf8' }).stdout, '');
      });

      for (const privilege of ['root', 'rootless'] as const)
        it(`does not end a container by starting its bundle once more (${privilege})`, async () => {
          const made = await place.bundle(privilege, 'notes', (config) => {
            config.annotations = { 'dev.terrarium.engine': engine };
          });
          const first = place.start(privilege, ['run', made, '--', '/bin/cat']);
          const over = ended(first);
          first.stdin!.write('is there\n');
          await new Promise((resolve) => first.stdout!.once('data', resolve));
          const second = await place.run(privilege, made, ['/bin/true']);
          assert.equal(second.code, 125);
          assert.match(second.stderr, /“box” is started already: process \d+ has it\. Stop it/);
          first.stdin!.end('goes on\n');
          const { code, stdout, stderr } = await over;
          assert.equal(stdout, 'is there\ngoes on\n', stderr);
          assert.equal(code, 0);
          assert.equal((await place.run(privilege, made, ['/bin/true'])).code, 0);
        });

      it('shows through a slave bind what this machine mounts later', async () => {
        const shared = mkdtempSync(path.join(place.folder, 'shared-'));
        const below = path.join(shared, 'below');
        const made = await place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          const options = ['rbind', 'rslave'];
          config.mounts.push({ destination: '/mnt', type: 'bind', source: shared, options });
          if (engine === 'crun') config.linux.rootfsPropagation = 'rslave'; // runc begins with it
          config.process.args = ['/bin/sh', '-c', 'echo there; read -r line; ls /mnt/below'];
        });
        const mount = (...words: string[]) => assert.equal(spawnSync('mount', words).status, 0);
        mount('-t', 'tmpfs', 'tmpfs', shared);
        try {
          mount('--make-shared', shared);
          mkdirSync(below);
          const child = place.start('root', ['run', made]);
          const over = ended(child);
          await new Promise((resolve) => child.stdout!.once('data', resolve));
          mount('-t', 'tmpfs', 'tmpfs', below);
          writeFileSync(path.join(below, 'seen'), '');
          child.stdin!.end('look\n');
          const { stdout, stderr } = await over;
          assert.equal(stdout, 'there\nseen\n', stderr);
        } finally {
          spawnSync('umount', ['-R', shared]);
        }
      });

      it('joins namespaces of the machine by their files in /proc, or says why not', async () => {
        const theirs = spawn('unshare', ['--net', '--ipc', 'sleep', '1000']);
        try {
          const proc = `/proc/${theirs.pid}/ns`;
          const kinds = { network: 'net', ipc: 'ipc', user: 'user', pid: 'pid' };
          await until(
            'its namespaces',
            () => readlinkSync(`${proc}/ipc`) !== readlinkSync('/proc/self/ns/ipc'),
          );
          const joining = (...types: (keyof typeof kinds)[]) =>
            place.bundle('root', 'notes', (config) => {
              config.annotations = { 'dev.terrarium.engine': engine };
              config.linux.namespaces = [
                ...config.linux.namespaces.filter(({ type }) => !types.includes(type as never)),
                ...types.map((type) => ({ type, path: `${proc}/${kinds[type]}` })),
              ];
              const script = 'for one in net ipc; do readlink /proc/self/ns/$one; done';
              config.process.args = ['/bin/sh', '-c', script];
            });
          const made = await joining('network', 'ipc');
          const expected = ['net', 'ipc']
            .map((one) => `${readlinkSync(`${proc}/${one}`)}\n`)
            .join('');
          const { code, stdout, stderr } = await place.run('root', made);
          assert.equal(code, 0, stderr);
          assert.equal(stdout, expected);
          const script = await place.exportedScript('root', made);
          const exported = place.startProgram('root', ['sh', script]);
          exported.stdin!.end();
          assert.equal((await ended(exported)).stdout, expected);
          const user = await place.run('root', await joining('user'));
          assert.match(user.stderr, /has a \/proc of its own, .* Name a bind of it outside \/proc/);
          const pid = await place.run('root', await joining('pid'));
          assert.match(pid.stderr, /has a pid namespace of its own, .* Remove "path"/);
        } finally {
          theirs.kill('SIGKILL');
        }
      });

      it('says in one sentence why it did not start', async () => {
        const made = await place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.mounts.push({ destination: '/mnt', type: 'nosuchfs', source: 'none' });
        });
        const { code, stderr } = await place.run('root', made);
        assert.equal(code, 125);
        const own = stderr.split('\n').filter((line) => line.startsWith('terrarium: “box” did'));
        // The runtime's own line is not shown beside it.
        assert.equal(stderr.match(/mnt/g)?.length, own[0]?.match(/mnt/g)?.length, stderr);
        assert.match(
          own[0] ?? stderr,
          new RegExp(`: ${engine} ended with exit code 1: [^\\\\=]*mnt[^\\\\=]*\\. Correct`),
        );
      });

      for (const privilege of ['root', 'rootless'] as const)
        it(`takes away with the next run what a killed one left, and nothing else’s (${privilege})`, async () => {
          const before = hostState();
          const bundle = (seconds: string, change: (config: OciConfig) => void = () => undefined) =>
            place.bundle(privilege, 'notes', (config) => {
              config.annotations = { 'dev.terrarium.engine': engine };
              config.process.args = ['/bin/sleep', seconds];
              change(config);
            });
          // Who shares the machine's PID namespace is the one that a runtime's `delete` kills.
          const living = await bundle('2001', ({ linux }) => {
            if (privilege === 'root')
              linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'pid');
          });
          const start = async (made: string, seconds: string) => {
            const child = place.start(privilege, ['run', made]);
            const payload = () => processesWith(`/bin/sleep ${seconds}`).filter(isSleep)[0];
            await until(`sleep ${seconds}`, payload);
            return { child, over: ended(child), pid: payload()! };
          };
          const other = await start(living, '2001');
          const killed = await start(await bundle('2002'), '2002');
          killed.child.kill('SIGKILL');
          await killed.over;
          await until('the end of all', () => processesWith('sleep 2002').length === 0);
          const { code, stderr } = await place.run(privilege, await bundle('0'));
          assert.equal(code, 0, stderr);
          assert.ok(existsSync(`/proc/${other.pid}`), 'the other one goes on');
          process.kill(other.pid, 'SIGKILL');
          await other.over;
          await assertSameHost(before);
          if (privilege === 'root')
            assert.equal(spawnSync(engine, ['list', '-q'], { encoding: 'utf8' }).stdout, '');
        });

      for (const where of ['in it', 'below it'] as const)
        it(`changes nothing for processes of this machine in a cgroup that it names, ${where} (26)`, async function () {
          const name = `box-victim-${process.pid}`;
          const trees = cgroupTrees().map((mount) => path.join(mount, name));
          const victims = trees.map((tree) => path.join(tree, where === 'in it' ? '' : 'below'));
          const sleeper = spawn('sleep', ['1000']);
          try {
            for (const folder of victims) mkdirSync(folder, { recursive: true });
            for (const folder of victims) {
              if (folder.includes('/cpuset/')) continue; // takes nobody before it has CPUs
              writeFileSync(path.join(folder, 'cgroup.procs'), String(sleeper.pid));
            }
            const limits = () =>
              ['devices.list', 'pids.max'].flatMap((file) =>
                [...trees, ...victims]
                  .map((folder) => path.join(folder, file))
                  .filter(existsSync)
                  .map((one) => `${one}: ${readFileSync(one, 'utf8')}`),
              );
            const before = limits();
            const made = await place.bundle('root', 'notes', (config) => {
              config.annotations = { 'dev.terrarium.engine': engine };
              config.linux.cgroupsPath = `/${name}`;
              const devices = [{ allow: false, access: 'rwm' }];
              config.linux.resources = { pids: { limit: 3 }, devices };
            });
            const { code, stderr } = await place.run('root', made, ['/bin/true']);
            assert.equal(code, 125, stderr);
            assert.match(
              stderr,
              /wants the cgroup \/sys\S+box-victim-\d+, and there are processes/,
            );
            assert.deepEqual(limits(), before);
          } finally {
            sleeper.kill('SIGKILL');
            await once(sleeper, 'exit');
            for (const folder of new Set([...victims, ...trees]))
              await until(
                'it is empty',
                () => !existsSync(folder) || spawnSync('rmdir', [folder]).status === 0,
              );
          }
        });

      it('may tidy up after a container for longer than a stop waits', async () => {
        const made = await place.bundle('root', 'notes', (config) => {
          config.annotations = { 'dev.terrarium.engine': engine };
          config.process.args = [
            '/bin/sh',
            '-c',
            'trap "exit 7" TERM; echo is there; read -r line',
          ];
        });
        const served = await Served.start(place, 'root');
        const client = await served.connect();
        const info = await client.start(made);
        await (await client.attach(info.console)).shows(/is there/);
        // Held still, whoever waits for the runtime is as a runtime that takes its time.
        const waits = parentOf(parentOf(info.hostPid!));
        process.kill(waits, 'SIGSTOP');
        const over = client.rpc.request('stop', { id: info.id, graceMs: 300 });
        await until('the end of PID 1', () => !existsSync(`/proc/${info.hostPid}`));
        await delay(600); // beyond the grace; nothing happens meanwhile
        const { containers } = await client.rpc.request('list', {});
        assert.equal(containers[0]?.state, 'stopping');
        const end = client.next('containerChanged', ({ state }) => state === 'stopped');
        process.kill(waits, 'SIGCONT');
        await over;
        assert.equal((await end).exit?.code, 7);
        await served.stop();
      });

      for (const [what, words] of [
        ['covers its /proc', ['/unanswered', '/proc']],
        ['moves its root', ['/unanswered', '/tmp', 'and goes there']],
      ] as const)
        it(`holds up nobody where a FUSE that does not answer ${what}`, async function () {
          requireFuse(this);
          const made = await place.bundle('root', 'notes', (config) => {
            config.annotations = { 'dev.terrarium.engine': engine };
            config.process.args = [...words];
            const all = ['CAP_SYS_ADMIN', 'CAP_MKNOD', 'CAP_SYS_CHROOT'];
            config.process.capabilities = { bounding: all, permitted: all, effective: all };
            config.linux.resources = { devices: [{ allow: true, access: 'rwm' }] };
          });
          compile(this, 'unanswered.c', path.join(made, 'rootfs/unanswered'));
          const served = await Served.start(place, 'root');
          const [client, other] = [await served.connect(), await served.connect()];
          const starting = client.start(made);
          const shown = async () => (await other.rpc.request('list', {})).containers[0];
          await Promise.race([
            until('its start', () => processesWith(words.join(' ')).length > 0),
            starting.then(() => undefined),
          ]);
          await delay(500); // by then its /proc is looked at; nothing comes of that
          assert.ok(await answered(shown()), 'the helper answers');
          const info = await answered(starting);
          assert.equal(info.state, 'running');
          await (await client.attach(info.console)).shows(/it stands/);
          const looks = client.rpc.request('watchProcesses', { id: info.id, on: true });
          await answered(looks.catch((error: Error) => assert.match(error.message, /no procfs/)));
          await answered(client.rpc.request('stop', { id: info.id, graceMs: 100 }));
          await until('its end', () => processesWith(words.join(' ')).length === 0);
          await served.stop();
        });

      for (const privilege of privileges)
        it(`has the same sessions, tree and stop, and leaves nothing when the helper is killed (${privilege})`, async function () {
          const before = hostState();
          const made = await place.bundle(privilege, 'notes', (config) => {
            config.annotations = { 'dev.terrarium.engine': engine };
            config.process.args = ['/bin/sh', '-c', 'trap "" TERM; sleep 1000 & sleep 2000'];
          });
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const info = await client.start(made);
          assert.equal(info.engine, engine);
          const tree = client.next('processes', ({ upserted }) => upserted.length >= 2);
          await client.rpc.request('watchProcesses', { id: info.id, on: true });
          assert.ok((await tree).upserted.some(({ pid }) => pid === 1));
          const over = client.next('streamEnded', ({ code }) => code === 9);
          const words = ['/bin/sh', '-c', 'readlink /proc/1/ns/pid; exit 9'];
          const { stream } = await client.rpc.request('openSession', {
            ...{ id: info.id, args: words, ...size },
          });
          const inside = readlinkSync(`/proc/${info.hostPid}/ns/pid`);
          await (await client.attach(stream)).shows(new RegExp(inside.replace(/[[\]]/g, '\\$&')));
          await over;
          await client.rpc.request('stop', { id: info.id, graceMs: 100 });
          await client.start(made);
          await served.kill(client);
          await until('the end of all', () => processesWith('sleep 2000').length === 0);
          await (await Served.start(place, privilege, served.home)).stop(); // for its folder
          await assertSameHost(before);
        });
    });
  }
});
