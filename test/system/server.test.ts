/** A helper that serves: starts, consoles, sessions, stops and ends (security cases 18, 21, 28-33). */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { planText } from '../../src/core/diagnostics/planText';
import { idleAfter } from '../../src/helper/server/IdleTimer';
import { Workplace, ended, privileges, processesWith, until, usePlace } from './containers';
import {
  type Client,
  Served,
  graceMs,
  newHome,
  serveHere,
  serveWords,
  size,
  useServed,
} from './serving';

const prompt = /\/ #$/;

describe('server', function () {
  this.timeout(30_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  for (const privilege of privileges) {
    describe(privilege, () => {
      let served: Served;
      let client: Client;
      useServed(
        () => place,
        privilege,
        (...both) => ([client, served] = both),
      );

      it('says who it is', async () => {
        const hello = await client.rpc.request('hello', { client: 'test' });
        assert.equal(hello.privilege, privilege === 'rootless' ? 'rootless' : 'root');
        assert.equal(hello.uid, privilege === 'rootless' ? place.user.uid : 0);
        assert.equal(statSync(served.socket).uid, privilege === 'root' ? 0 : place.user.uid);
        assert.equal(statSync(served.socket).mode & 0o777, 0o600);
      });

      it('starts a container whose console shows the steps and then its shell', async () => {
        const bundle = await place.bundle(privilege);
        const info = await client.start(bundle);
        assert.equal(info.state, 'running');
        const screen = await client.attach(info.console);
        await screen.shows(prompt);
        assert.match(screen.text, /\$ unshare /);
        screen.type('echo I am $$\r');
        await screen.shows(/^I am 1$/m);
      });

      it('leaves a container no descriptor but its own terminal, whatever else runs (10)', async () => {
        await client.start(await place.bundle(privilege));
        const info = await client.start(await place.bundle(privilege));
        const { stream } = await client.rpc.request('openSession', {
          id: info.id,
          args: ['/bin/sleep', '1000'],
          ...size,
        });
        const screen = await client.attach(info.console);
        await screen.shows(prompt);
        const session = await until('the session', () => processesWith('/bin/sleep 1000').at(-1));
        for (const pid of [info.hostPid!, session]) {
          const links = readdirSync(`/proc/${pid}/fd`).map((fd) =>
            readlinkSync(`/proc/${pid}/fd/${fd}`),
          );
          assert.deepEqual(
            links.filter((link) => !/^\/dev\/(pts\/\d+|tty)$/.test(link)),
            [],
          );
        }
        await client.rpc.request('endSession', { id: info.id, stream });
      });

      it('tells every client of a start and of an end, with the code and the sentence', async () => {
        const bundle = await place.bundle(privilege);
        const other = await served.connect();
        const [running, stopped, over] = [
          other.next('containerChanged', ({ state }) => state === 'running'),
          other.next('containerChanged', ({ state }) => state === 'stopped'),
          other.next('streamEnded', () => true),
        ];
        const info = await client.start(bundle);
        const screen = await client.attach(info.console);
        await screen.shows(prompt);
        screen.type('exit 42\r');
        await screen.closed;
        assert.equal((await running).id, info.id);
        assert.deepEqual((await stopped).exit, {
          code: 42,
          message: '“box” ended with exit code 42.',
        });
        assert.deepEqual(await over, {
          stream: info.console,
          code: 42,
          message: '“box” ended with exit code 42.',
        });
      });

      it('passes a resize on to the console (32)', async () => {
        const info = await client.start(await place.bundle(privilege));
        const screen = await client.attach(info.console);
        await screen.shows(prompt);
        await client.rpc.request('resize', { stream: info.console, cols: 101, rows: 37 });
        screen.type('stty size\r');
        await screen.shows(/^37 101$/m);
      });

      it('stops with SIGTERM, and with SIGKILL what does not listen (18)', async () => {
        const script = (onTerm: string) =>
          `trap "${onTerm}" TERM; (trap "" TERM; sleep 1000) & echo up; while :; do sleep 0.05; done`;
        for (const [onTerm, expected] of [
          ['exit 7', 7],
          [':', 137],
        ] as const) {
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            config.process.args = ['/bin/sh', '-c', script(onTerm)];
          });
          const info = await client.start(bundle);
          const screen = await client.attach(info.console);
          await screen.shows(/^up$/m);
          const stopped = client.next('containerChanged', ({ state }) => state === 'stopped');
          await client.rpc.request('stop', { id: info.id, graceMs });
          assert.equal((await stopped).exit?.code, expected);
          await until('the end of the tree', () => processesWith('sleep 1000').length === 0);
        }
      });

      it('loses no output between a detach and the next attach (33)', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.process.args = [
            '/bin/sh',
            '-c',
            'n=0; count() { while [ $n -lt $1 ]; do n=$((n+1)); echo line $n; done; }; read go; count 4000; echo half; read go; count 4500; echo done; read go',
          ];
        });
        const info = await client.start(bundle);
        const first = await client.attach(info.console);
        first.type('\r');
        await first.shows(/^line 100$/m);
        first.close();
        const second = await client.attach(info.console);
        await second.shows(/^half$/m);
        second.type('\r');
        await second.shows(/^done$/m);
        const lines = second.text.split('\n').filter((line) => line.startsWith('line '));
        assert.deepEqual(
          lines,
          Array.from({ length: 4500 }, (_, index) => `line ${index + 1}`),
        );
      });

      it('shows one console to two clients alike', async () => {
        const info = await client.start(await place.bundle(privilege));
        const other = await served.connect();
        const screens = [await client.attach(info.console), await other.attach(info.console)];
        for (const screen of screens) await screen.shows(prompt);
        screens[0]!.type('echo from one\r');
        for (const screen of screens) await screen.shows(/^from one$/m);
        screens[1]!.type('echo from the other\r');
        for (const screen of screens) await screen.shows(/^from the other$/m);
        assert.equal(screens[0]!.text, screens[1]!.text);
        screens[1]!.close();
        screens[0]!.type('echo still here\r');
        await screens[0]!.shows(/^still here$/m);
      });

      it('shows the end of a container to whoever attaches after it', async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.process.args = ['/bin/sh', '-c', 'echo last words; exit 3'];
        });
        const over = client.next('streamEnded', () => true);
        const info = await client.start(bundle);
        await over;
        const again = client.next('streamEnded', ({ stream }) => stream === info.console);
        const late = await client.attach(info.console);
        await late.closed;
        await late.shows(/^last words$/m);
        assert.equal((await again).code, 3);
      });

      it('opens sessions in the same namespaces, with no more privilege than PID 1 (28)', async () => {
        for (const point of ['notes', 'safe'] as const) {
          const info = await client.start(await place.bundle(privilege, point));
          const { stream } = await client.rpc.request('openSession', {
            id: info.id,
            args: [],
            ...size,
          });
          const screen = await client.attach(stream);
          await screen.shows(/#$/);
          screen.type(
            'echo pid $$; grep -E "^(NoNewPrivs|CapBnd)" /proc/self/status; sleep 1000\r',
          );
          await screen.shows(/^CapBnd/m);
          const [session] = await until('the session’s sleep', () => {
            const found = processesWith('sleep 1000');
            return found.length > 0 && found;
          });
          const namespaces = (pid: number) =>
            readdirSync(`/proc/${pid}/ns`).map((name) => readlinkSync(`/proc/${pid}/ns/${name}`));
          assert.deepEqual(namespaces(session!), namespaces(info.hostPid!));
          assert.equal(cgroupsOf(session!), cgroupsOf(info.hostPid!));
          for (const field of ['NoNewPrivs', 'CapBnd', 'CapEff', 'CapPrm'])
            assert.equal(statusOf(session!, field), statusOf(info.hostPid!, field), field);
          await client.rpc.request('stop', { id: info.id, graceMs: 0 });
          await screen.closed;
        }
      });

      it('gives a session its exit code and its folder, and refuses one in a stopped container (29, 30)', async () => {
        const info = await client.start(await place.bundle(privilege));
        const over = client.next('streamEnded', ({ code }) => code === 9);
        const { stream } = await client.rpc.request('openSession', {
          id: info.id,
          args: ['/bin/sh', '-c', 'pwd; exit 9'],
          ...size,
        });
        const screen = await client.attach(stream);
        await screen.shows(/^\/$/m);
        assert.equal((await over).stream, stream);
        await client.rpc.request('stop', { id: info.id, graceMs: 0 });
        await assert.rejects(
          client.rpc.request('openSession', { id: info.id, args: [], ...size }),
          /“box” is stopped, not running\. Start it first\./,
        );
      });

      it('never starts a bundle twice', async () => {
        const bundle = await place.bundle(privilege);
        const [one, other] = await Promise.allSettled([client.start(bundle), client.start(bundle)]);
        assert.deepEqual([one.status, other.status].sort(), ['fulfilled', 'rejected']);
        await assert.rejects(client.start(bundle), /is running already/);
      });

      it('takes two bundles of one name for two containers', async () => {
        const one = await client.start(await place.bundle(privilege));
        const other = await client.start(await place.bundle(privilege));
        assert.equal(one.name, other.name);
        assert.notEqual(one.id, other.id);
        await client.rpc.request('stop', { id: one.id, graceMs: 0 });
        const { containers } = await client.rpc.request('list', {});
        assert.deepEqual(
          containers.map(({ id, state }) => [id, state]),
          [
            [one.id, 'stopped'],
            [other.id, 'running'],
          ],
        );
      });

      it('starts, stops and deletes one name in a loop without a stale state (21)', async () => {
        for (let round = 0; round < 5; round++) {
          const bundle = await place.bundle(privilege);
          const info = await client.start(bundle);
          await client.rpc.request('stop', { id: info.id, graceMs: 0 });
          const again = await client.start(bundle);
          assert.equal(again.id, info.id);
          await client.rpc.request('stop', { id: info.id, graceMs: 0 });
          await client.rpc.request('deleteBundle', { bundle });
          assert.equal(existsSync(bundle), false);
          assert.deepEqual((await client.rpc.request('list', {})).containers, []);
        }
      });

      it('deletes no bundle that runs', async () => {
        const bundle = await place.bundle(privilege);
        await client.start(bundle);
        await assert.rejects(client.rpc.request('deleteBundle', { bundle }), /is running already/);
        assert.ok(existsSync(path.join(bundle, 'config.json')));
      });

      it('gives files that the container made to the person', async function () {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.process.args = ['/bin/sh', '-c', 'mkdir /made && echo x >/made/file'];
        });
        const over = client.next('containerChanged', ({ state }) => state === 'stopped');
        await client.start(bundle);
        await over;
        await client.rpc.request('takeOwnership', { bundle, kind: 'bundle', path: '/made' });
        const { uid } = privilege === 'root' ? { uid: 0 } : place.user;
        assert.equal(statSync(path.join(bundle, 'rootfs/made/file')).uid, uid);
      });
    });
  }

  it('shows the steps as the preview has them, each one, also up to one that fails', async () => {
    const served = await Served.start(place, 'root');
    const client = await served.connect();
    const wide = { cols: 1000, rows: 30 };
    const stepsOf = (text: string) =>
      [...text.matchAll(/^# .*\n(?:\$ )?([^#\n].*)$/gm)].map(([, command]) =>
        command!.replaceAll(/pts\/\d+/g, 'pts/N'),
      );
    for (const point of ['notes', 'safe'] as const)
      for (const fails of [false, true]) {
        const bundle = await place.bundle('root', point, ({ mounts }) => {
          const types = fails ? ['tmpfs', 'no-such'] : ['tmpfs'];
          for (const type of types) mounts.push({ destination: `/${type}`, type, source: type });
        });
        const over = client.next('containerChanged', ({ state }) => state !== 'starting');
        client.rpc.request('start', { bundle, kind: 'bundle', ...wide }).catch(() => undefined); // it is shown
        const screen = await client.attach((await over).console, wide);
        await (fails ? screen.closed : screen.shows(prompt));
        const places = { host: '', outside: '', namespaces: '', container: '' };
        const words = { broken: String, warningsHeading: 'Left out', runtime: String, places };
        const file = path.join(bundle, 'config.json');
        const text = readFileSync(file, 'utf8');
        // It also names the folders that are made on the way, and those that commands run from.
        const previewText = await planText(text, file, 'root', words);
        const preview = stepsOf(previewText.replace(/^mkdir -p \S+ && |^# ── \ncd .*\n/gm, ''));
        const shown = stepsOf(screen.text);
        // Of what hides, only what is there.
        const wanted = preview.filter((one) => point === 'notes' || shown.includes(one));
        const end = preview.findIndex((one) => one.includes('-t no-such'));
        assert.deepEqual(
          shown,
          fails ? wanted.slice(0, wanted.indexOf(preview[end]!) + 1) : wanted,
        );
        assert.ok(shown.length > 7);
      }
    await served.stop();
  });

  it('refuses to be the second helper at a socket, and the first goes on', async () => {
    const served = await Served.start(place, 'root');
    const second = await ended(place.start('root', serveWords(place, 'root', served.home)));
    assert.equal(second.code, 125);
    assert.match(second.stderr, /A helper listens at .* already/);
    await (await served.connect()).rpc.request('list', {});
    await served.stop();
  });

  it('serves whatever an earlier one has left, half a record as well', async () => {
    const own = path.join('/tmp', `terrarium-${place.user.uid}`); // it has no XDG_RUNTIME_DIR
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0];
    const left = ['{"own":[', '{"own":7}'].map((record, at) => {
      const folder = path.join(own, `terrarium-4194303-${at}-${namespace}-0123456789abcdef`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'cgroups.json'), record);
      return folder;
    });
    try {
      chmodSync(own, 0o700);
      place.give(own);
      await (await Served.start(place, 'rootless')).stop();
      assert.equal(
        existsSync(left[0]!),
        false,
        'half a record is of a start that had made nothing',
      );
    } finally {
      rmSync(own, { recursive: true });
    }
  });

  it('detaches from the terminal and from sudo when asked to', async () => {
    for (const privilege of privileges) {
      const home = newHome(place, privilege);
      const words = [...serveWords(place, privilege, home), '--detach'];
      const starter = await ended(place.start(privilege, words));
      assert.deepEqual([starter.code, starter.stdout], [0, 'terrarium-helper ready\n']);
      const { Client } = await import('./serving');
      const client = await Client.connect(path.join(home.directory, home.socketName), home.token);
      const { pid } = await client.rpc.request('hello', { client: 'test' });
      const [, , , , , session, tty] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
      assert.deepEqual([session, tty], [String(pid), '0']);
      await client.rpc.request('shutdown', {});
      await client.rpc.closed;
      await until('its end', () => !existsSync(`/proc/${pid}`));
      assert.deepEqual(readdirSync(home.directory), []);
    }
  });

  it('ends by itself once nothing runs and nobody has been connected for a minute', async () => {
    const { home, waiting, over } = serveHere(place);
    const { Client } = await import('./serving');
    await until('the idle timer', () => waiting.length === 1);
    const socket = path.join(home.directory, home.socketName);
    const client = await Client.connect(socket, home.token);
    await client.rpc.request('list', {});
    assert.equal(waiting.length, 0, 'a client keeps it');
    const bundle = await place.bundle('root');
    const { id } = await client.start(bundle);
    client.close();
    const other = await Client.connect(socket, home.token);
    await client.rpc.closed;
    other.close();
    const third = await Client.connect(socket, home.token);
    assert.equal(waiting.length, 0, 'a container keeps it');
    await third.rpc.request('stop', { id, graceMs: 0 });
    third.close();
    await until('the idle timer', () => waiting.length === 1);
    assert.equal(waiting[0]!.ms, idleAfter);
    waiting[0]!.callback();
    await over;
    assert.deepEqual(readdirSync(home.directory), []);
  });
});

function cgroupsOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
}

function statusOf(pid: number, field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )?.[1];
}
