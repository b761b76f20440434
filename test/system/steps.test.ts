/**
 * A start that waits before each of its steps: what the kernel shows after some of them, shells on the way,
 * and that nothing is left where it fails or ends, whoever ends it.
 */
import assert from 'node:assert/strict';
import {
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { parseMountinfo } from '../../src/core/procfs/parseMountinfo';
import type { ContainerInfo } from '../../src/protocol/container';
import type { Result } from '../../src/protocol/messages';
import { type Workplace, privileges, until, usePlace } from './containers';
import { type Client, Served, graceMs, size, useServed } from './serving';

type Steps = Result<'stepsOf'>['steps'];

describe('step by step', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges) {
    describe(`with ${privilege}`, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (one) => (client = one),
      );
      const bundleOf = (change?: (config: OciConfig) => void) =>
        place.bundle(privilege, 'safe', (config) => {
          config.linux.sysctl = { 'net.ipv4.ip_forward': '1' };
          change?.(config);
        });

      it('shows the system calls of a start that does not wait, and those up to the one that failed', async () => {
        const started = async (change?: (config: OciConfig) => void) => {
          const bundle = await bundleOf(change);
          const starting = client.next('containerChanged', (info) => info.bundle === bundle);
          const end = client.rpc.request('start', {
            ...{ bundle, kind: 'bundle', calls: true },
            ...{ ...size, rows: 1000 },
          });
          end.catch(() => undefined); // waited for below
          return { end, screen: await client.attach((await starting).console) };
        };
        const { end, screen } = await started();
        const { id } = await end;
        await screen.shows(/^ +pivot_root\("\.", "\."\) = 0$/m);
        await screen.shows(/^ +execve\("\/bin\/sh", .* = \?$/m);
        await client.rpc.request('stop', { id, graceMs });
        const failing = await started(({ mounts }) => {
          mounts.push({
            destination: '/srv',
            type: 'tmpfs',
            source: 'tmpfs',
            options: ['nr_inodes=x'],
          });
        });
        await assert.rejects(failing.end);
        await failing.screen.shows(/^ +fsconfig\(.*"nr_inodes", "x", 0\) = -1 EINVAL \(/m);
      });

      it('carries out one step after the other, as the kernel shows, and then the program', async () => {
        const bundle = await bundleOf();
        const { info, steps, gates } = await begin(client, bundle);
        assert.deepEqual(info.waitsAt, { next: 0, gate: 0, gates: gates.length });
        assert.ok(gates.length < 22, String(gates.length));
        assert.equal(info.state, 'starting');
        assert.equal(info.hostPid, undefined);
        const seen = new Set<string>();
        for (let next = 0; ;) {
          const { results, waitsAt } = await client.rpc.request('advance', {
            id: info.id,
            to: next + 1,
          });
          for (const { index, calls, failure, skipped } of results) {
            const step = steps[index]!;
            assert.equal(failure, undefined, step.command);
            assert.equal(calls.length > 0, !skipped && step.id !== 'enter-cgroup', step.id);
            for (const { call, answer, isExpected } of calls) {
              // What another program does, or PID 1 when it has let go of all that the helper hears.
              const isUntold = /^(execve|seccomp)\(/.test(call);
              assert.equal(isExpected ?? false, isUntold, `${step.id}: ${call} = ${answer}`);
            }
            seen.add(step.id);
          }
          if (!waitsAt) break;
          assert.ok(waitsAt.next > next);
          next = waitsAt.next;
          assert.equal(gates[waitsAt.gate]?.first, next, 'it waits before what goes together');
          const pid = (await infoOf(client, info.id)).hostPid;
          if (seen.has('unshare')) look(pid!, seen, steps, bundle);
          else assert.equal(pid, undefined);
        }
        assert.deepEqual(
          [...seen],
          steps.map(({ id }) => id),
        );
        const running = await infoOf(client, info.id);
        assert.equal(running.state, 'running');
        assert.equal(running.waitsAt, undefined);
        await client.rpc.request('stop', { id: info.id, graceMs });
      });

      it('runs up to a step, and then the rest', async () => {
        const { info, steps } = await begin(client, await bundleOf());
        const pivot = indexOf(steps, 'pivot_root');
        const there = await client.rpc.request('advance', { id: info.id, to: pivot });
        assert.equal(there.waitsAt?.next, pivot);
        assert.deepEqual(
          there.results.map(({ index }) => index),
          steps.slice(0, pivot).map((_, index) => index),
        );
        const again = await client.rpc.request('advance', { id: info.id, to: 1 });
        assert.deepEqual(again, { results: [], waitsAt: there.waitsAt }, 'it goes back to none');
        const rest = await client.rpc.request('advance', { id: info.id, to: steps.length });
        assert.equal(rest.results.length, steps.length - pivot);
        const screen = await client.attach(info.console);
        await screen.shows(/\/ [$#]$/);
        screen.type('exit 3\n');
        await ended(client, info.id);
        assert.equal((await infoOf(client, info.id)).exit?.code, 3);
      });

      it('opens a shell in the new namespaces, still on the machine’s root', async () => {
        const { info, steps } = await begin(client, await bundleOf());
        const shell = { id: info.id, args: [], ...size };
        await assert.rejects(client.rpc.request('openSession', shell), {
          code: 'no-pid1-yet',
          message: /No shell can be opened in .* yet: it waits.*Run the steps up to step/,
        });
        const { shellFrom } = await client.rpc.request('stepsOf', { id: info.id });
        await client.rpc.request('advance', { id: info.id, to: shellFrom });
        const mount = indexOf(steps, 'mount:/proc');
        for (const to of [shellFrom, mount + 1]) {
          await client.rpc.request('advance', { id: info.id, to });
          const { stream } = await client.rpc.request('openSession', shell);
          const screen = await client.attach(stream);
          await screen.shows(/Its root is that of this machine/);
          screen.type(`ls -d ${place.folder}; readlink /proc/self/ns/uts; echo $((40+2))\n`);
          await screen.shows(/^42/m);
          assert.match(screen.text, new RegExp(`^${place.folder}`, 'm'));
          const uts = readlinkSync(`/proc/${(await infoOf(client, info.id)).hostPid}/ns/uts`);
          assert.equal(/uts:\[\d+\]/.exec(screen.text)?.[0], uts);
          assert.notEqual(uts, readlinkSync('/proc/self/ns/uts'));
          screen.type('exit\n');
          await screen.closed;
        }
        const behind = indexOf(steps, 'pivot_root') + 1;
        await client.rpc.request('advance', { id: info.id, to: behind });
        const { stream } = await client.rpc.request('openSession', { ...shell, args: ['/bin/sh'] });
        const screen = await client.attach(stream);
        screen.type('ls -d /bin /nowhere; echo $((40+2))\n');
        await screen.shows(/^42/m);
        assert.match(screen.text, /\/nowhere: No such file/);
        await client.rpc.request('advance', { id: info.id, to: steps.length });
        await screen.closed; // before the program begins
        assert.deepEqual((await infoOf(client, info.id)).sessions, []);
        await client.rpc.request('stop', { id: info.id, graceMs });
      });

      it('leaves the program no process that a shell left on the machine’s root', async () => {
        const { info, steps } = await begin(client, await bundleOf());
        const { shellFrom } = await client.rpc.request('stepsOf', { id: info.id });
        await client.rpc.request('advance', { id: info.id, to: shellFrom });
        const { hostPid } = await infoOf(client, info.id);
        const { stream } = await client.rpc.request('openSession', {
          ...{ id: info.id, args: [] },
          ...size,
        });
        const screen = await client.attach(stream);
        screen.type('(setsid sh -c "setsid sleep 4321 &" &); exit\n');
        await screen.closed;
        const left = () => childrenOf(hostPid!).filter((pid) => stateOf(pid) !== 'Z');
        await until('what the shell has left', () => left().length > 0);
        await client.rpc.request('advance', { id: info.id, to: steps.length });
        await until('its end', () => left().length === 0);
        assert.equal((await infoOf(client, info.id)).state, 'running');
        await client.rpc.request('stop', { id: info.id, graceMs });
      });

      it('binds no other folder that is put in the place of the rootfs meanwhile', async () => {
        const bundle = await bundleOf();
        const { info, steps } = await begin(client, bundle);
        await client.rpc.request('advance', { id: info.id, to: indexOf(steps, 'bind-rootfs') });
        const rootfs = path.join(bundle, 'rootfs');
        renameSync(rootfs, `${rootfs}.away`);
        symlinkSync('/', rootfs);
        const { results } = await client.rpc.request('advance', { id: info.id, to: steps.length });
        assert.match(results.at(-1)?.failure ?? '', /did not start/);
        assert.equal((await infoOf(client, info.id)).state, 'stopped');
        rmSync(rootfs);
        renameSync(`${rootfs}.away`, rootfs);
      });

      it('names the step that fails, its call and the remedy, and leaves nothing', async () => {
        const missing = path.join(place.folder, 'gone-later');
        writeFileSync(missing, '');
        const bundle = await bundleOf((config) =>
          config.mounts.push({
            destination: '/opt/file',
            type: 'bind',
            source: missing,
            options: ['bind'],
          }),
        );
        const { info, steps } = await begin(client, bundle);
        const bind = indexOf(steps, 'mount:/opt/file');
        await client.rpc.request('advance', { id: info.id, to: bind });
        rmSync(missing);
        const failed = await client.rpc.request('advance', { id: info.id, to: steps.length });
        assert.equal(failed.waitsAt, undefined);
        const [result] = failed.results;
        assert.equal(result?.index, bind);
        assert.match(result.failure ?? '', /did not start.*No such file or directory.*Correct/s);
        assert.deepEqual(result.calls.at(-1), {
          call: `open_tree(AT_FDCWD, "${missing}", OPEN_TREE_CLOEXEC)`,
          answer: '-1 ENOENT (No such file or directory)',
        });
        assert.equal((await infoOf(client, info.id)).state, 'stopped');
      });

      it('names a value that the kernel does not take', async () => {
        const { info, steps } = await begin(
          client,
          await bundleOf(({ linux }) => (linux.sysctl = { 'net.ipv4.ip_forward': 'many' })),
        );
        const { results } = await client.rpc.request('advance', { id: info.id, to: steps.length });
        const last = results.at(-1)!;
        assert.match(steps[last.index]!.command, /ip_forward/);
        assert.deepEqual(last.calls.at(-1)?.answer, '-1 EINVAL (Invalid argument)');
        assert.match(last.calls.at(-1)!.call, /^write\(\d+, "many\\n", 5\)$/);
        assert.match(last.failure ?? '', /Invalid argument/);
      });

      it('leaves nothing wherever it is cancelled', async () => {
        const bundle = await bundleOf();
        for (let to: number | undefined = 0; to !== undefined;) {
          const { info, gates } = await begin(client, bundle);
          const { waitsAt }: Result<'advance'> = await client.rpc.request('advance', {
            id: info.id,
            to,
          });
          const { hostPid } = await infoOf(client, info.id);
          await client.rpc.request('stop', { id: info.id, graceMs });
          const { state, failure } = await infoOf(client, info.id);
          assert.equal(state, 'stopped');
          assert.match(failure ?? '', /was cancelled/);
          // Whose monitor has ended before it is init's to reap.
          await until('the end of PID 1', () => !existsSync(`/proc/${hostPid}`));
          const isLast: boolean = waitsAt!.next === gates.at(-1)!.first;
          to = isLast ? undefined : waitsAt!.next + 1;
        }
      });

      it('refuses what takes a container that runs', async () => {
        const { info, steps } = await begin(client, await bundleOf());
        const { id } = info;
        await client.rpc.request('advance', { id, to: indexOf(steps, 'pivot_root') });
        const refused = {
          code: 'waits',
          message: /waits before its step \d+ of \d+.*Run the rest/,
        };
        await assert.rejects(client.rpc.request('pause', { id }), refused);
        await assert.rejects(client.rpc.request('watchProcesses', { id, on: true }), refused);
        await assert.rejects(client.rpc.request('advance', { id, to: steps.length + 1 }), {
          code: 'no-such-step',
        });
        await assert.rejects(client.start(info.bundle), { code: 'container-live' });
        const user = { id, args: [], user: 'root', ...size };
        await assert.rejects(client.rpc.request('openSession', user), {
          code: 'session-host-root',
        });
        await client.rpc.request('stop', { id, graceMs });
        await assert.rejects(client.rpc.request('advance', { id, to: 1 }), { code: 'steps-over' });
      });
    });
  }

  describe('under another engine', () => {
    let client: Client;
    useServed(
      () => place,
      'root',
      (one) => (client = one),
    );
    for (const engine of ['runc', 'crun'] as const)
      it(`is refused: ${engine} takes all steps itself`, async () => {
        const bundle = await place.bundle('root', 'safe', (config) => {
          config.annotations = { ...config.annotations, 'dev.terrarium.engine': engine };
        });
        await assert.rejects(begin(client, bundle), (error: Error) => {
          assert.match(error.message, new RegExp(`started by ${engine}, which takes all steps`));
          assert.match(error.message, /built-in engine/);
          return true;
        });
        const { containers } = await client.rpc.request('list', {});
        assert.deepEqual(
          containers.map(({ state }) => state).filter((state) => state !== 'stopped'),
          [],
        );
      });
  });

  describe('whoever ends it', () => {
    const begun = async (client: Client, bundle: string) => {
      const { info, steps } = await begin(client, bundle);
      await client.rpc.request('advance', { id: info.id, to: indexOf(steps, 'pivot_root') });
      const { hostPid } = await infoOf(client, info.id);
      return { info, hostPid: hostPid! };
    };

    it('ends with the client that began it, and with no other', async () => {
      const served = await Served.start(place, 'root');
      const [one, other, watcher] = [
        await served.connect(),
        await served.connect(),
        await served.connect(),
      ];
      const first = await begun(one, await place.bundle('root'));
      const second = await begun(other, await place.bundle('root'));
      one.close();
      await until('its end', () => !existsSync(`/proc/${first.hostPid}`));
      await ended(watcher, first.info.id);
      assert.ok((await infoOf(watcher, second.info.id)).waitsAt, 'the other one waits on');
      other.close();
      await ended(watcher, second.info.id);
      assert.equal(existsSync(`/proc/${second.hostPid}`), false);
      await served.stop();
    });

    it('goes with its helper, and with its PID 1', async () => {
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const killed = await begun(client, await place.bundle('root'));
      process.kill(killed.hostPid, 'SIGKILL');
      await ended(client, killed.info.id);
      assert.match((await infoOf(client, killed.info.id)).failure ?? '', /did not start/);
      const left = await begun(client, await place.bundle('root'));
      await served.kill(client);
      await until('the end of PID 1', () => !existsSync(`/proc/${left.hostPid}`));
    });

    it('ends with a helper that is told to end', async () => {
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const { hostPid } = await begun(client, await place.bundle('root'));
      const { pid } = await client.rpc.request('hello', { client: 'test' });
      process.kill(pid, 'SIGTERM');
      await client.rpc.closed;
      await until('the end of PID 1', () => !existsSync(`/proc/${hostPid}`));
    });

    it('keeps no other start waiting', async () => {
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const limited = () =>
        place.bundle('root', 'notes', (config) => (config.linux.cgroupsPath = 'steps-test'));
      const waiting = await Promise.all(
        [limited, limited, ...Array.from({ length: 6 }, () => () => place.bundle('root'))].map(
          async (bundle) => begin(client, await bundle()),
        ),
      );
      const { id } = await client.start(await place.bundle('root'));
      for (const one of [id, ...waiting.map(({ info }) => info.id)])
        await client.rpc.request('stop', { id: one, graceMs });
      await served.stop();
    });
  });

  for (const privilege of ['root', 'rootless'] as const)
    it(`types one line after the other by hand (${privilege})`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.annotations = { ...config.annotations, 'dev.terrarium.root': 'chroot' };
        const mounts = [{ destination: '/proc', type: 'proc', source: 'none' }];
        Object.assign(config, {
          mounts,
          process: { args: ['/bin/sh'], cwd: '/', user: { uid: 0, gid: 0 } },
        });
        config.linux = { namespaces: config.linux.namespaces };
        delete config.hostname;
      });
      const { info, gates } = await begin(client, bundle);
      assert.deepEqual(
        gates.map(({ first }) => first),
        [0, 1, 2],
      );
      await client.rpc.request('advance', { id: info.id, to: 1 });
      const { hostPid } = await infoOf(client, info.id);
      const proc = path.join(bundle, 'rootfs/proc');
      assert.equal(mountsOf(hostPid!).has(proc), false);
      const { stream } = await client.rpc.request('openSession', {
        id: info.id,
        args: [],
        ...size,
      });
      const screen = await client.attach(stream);
      screen.type(`ls -d ${place.folder}; echo PID $$ of $PPID; echo $((40+2))\n`);
      await screen.shows(/^42/m);
      assert.match(screen.text, new RegExp(`^${place.folder}`, 'm'));
      const { results } = await client.rpc.request('advance', { id: info.id, to: 2 });
      assert.deepEqual(results, [
        {
          index: 1,
          calls: [
            { call: `mount("none", "${proc}", "proc", 0, NULL)`, answer: '0', isExpected: true },
          ],
        },
      ]);
      assert.equal(mountsOf(hostPid!).has(proc), true);
      await client.rpc.request('advance', { id: info.id, to: 4 });
      // Its child, in which setsid(1) and chroot(1) come first.
      const below = { pid: hostPid!, child: true };
      const { snapshot } = await client.rpc.request('takeSnapshot', below);
      assert.deepEqual([snapshot?.name, snapshot?.root?.path], ['sh', path.join(bundle, 'rootfs')]);
      await screen.closed;
      assert.equal((await infoOf(client, info.id)).state, 'running');
      await client.rpc.request('stop', { id: info.id, graceMs });
      await served.stop();
    });

  /** Starts it, and resolves where it waits before its first step. */
  async function begin(client: Client, bundle: string) {
    const info = await client.rpc.request('start', {
      ...{ bundle, kind: 'bundle', stepwise: true, ...size },
    });
    const { steps, gates } = await client.rpc.request('stepsOf', { id: info.id });
    return { info, steps, gates };
  }

  async function infoOf(client: Client, id: string): Promise<ContainerInfo> {
    const { containers } = await client.rpc.request('list', {});
    return containers.find((one) => one.id === id)!;
  }

  async function ended(client: Client, id: string): Promise<void> {
    const told = client.next('containerChanged', (one) => one.id === id && one.state === 'stopped');
    if ((await infoOf(client, id)).state !== 'stopped') await told;
  }

  function childrenOf(pid: number): number[] {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  }

  function stateOf(pid: number): string | undefined {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]![0];
    } catch {
      return 'Z'; // reaped
    }
  }

  function indexOf(steps: Steps, id: string): number {
    const index = steps.findIndex((step) => step.id === id);
    assert.ok(index >= 0, `${id} is a step: ${steps.map((step) => step.id).join(' ')}`);
    return index;
  }

  function mountsOf(pid: number): Set<string> {
    const all = parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`));
    return new Set(all.map(({ mountPoint }) => mountPoint));
  }

  /** What each step has changed, and none before it is its turn. */
  function look(pid: number, done: ReadonlySet<string>, steps: Steps, bundle: string): void {
    const rootfs = path.join(bundle, 'rootfs');
    for (const file of ['pid', 'mnt', 'uts', 'ipc'])
      assert.notEqual(
        readlinkSync(`/proc/${pid}/ns/${file}`),
        readlinkSync(`/proc/self/ns/${file}`),
      );
    const mounts = mountsOf(pid);
    const isSwitched = done.has('pivot_root');
    if (done.has('umount-old-root'))
      assert.equal(mounts.has(rootfs), false, 'the old root is gone');
    else if (!isSwitched)
      assert.equal(mounts.has(rootfs), done.has('bind-rootfs'), 'the rootfs is a mount');
    assert.equal(existsSync(`/proc/${pid}/root${place.folder}`), !isSwitched, 'its root');
    if (!done.has('umount-old-root')) {
      const below = isSwitched ? '' : rootfs;
      assert.equal(
        mounts.has(`${below}/proc`) && done.has('bind-rootfs'),
        done.has('mount:/proc') || (isSwitched && mounts.has('/proc')),
      );
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    assert.equal(Number(stat[3]) === pid, done.has('session'), 'it leads its session');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    if (steps.some(({ id }) => id === 'setpriv'))
      assert.equal(/^NoNewPrivs:\t1$/m.test(status), done.has('setpriv'), 'no_new_privs');
  }
});
