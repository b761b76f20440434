/** What windows share and leave: the size of a console, containers without a window, and the log. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { LogLine } from '../../src/protocol/messages';
import { startTimeOf } from '../../src/helper/processes/alive';
import { stopAfter } from '../../src/helper/server/LastClientPolicy';
import { type Workplace, until, usePlace } from './containers';
import { Client, Served, graceMs, serveHere } from './serving';

const prompt = /\/ #$/;

describe('windows on one helper', function () {
  this.timeout(30_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  it('give a console the size of the one that typed last', async () => {
    const served = await Served.start(place, 'root');
    const [one, other] = [await served.connect(), await served.connect()];
    const info = await one.start(await place.bundle('root'));
    const [first, second] = ['1'.repeat(16), '2'.repeat(16)];
    const wide = await one.attach(info.console, { cols: 100, rows: 30 }, first);
    await wide.shows(prompt);
    const narrow = await other.attach(info.console, { cols: 60, rows: 20 }, second);
    await narrow.shows(prompt);
    wide.type('stty size\r');
    await wide.shows(/^30 100$/m);
    narrow.type('stty size\r');
    await narrow.shows(/^20 60$/m);
    // The one that only looks may change its window: that counts once it types.
    await one.rpc.request('resize', {
      ...{ stream: info.console, viewer: first },
      ...{ cols: 90, rows: 25 },
    });
    narrow.type('clear; stty size; echo same\r');
    await narrow.shows(/^20 60\nsame$/m);
    wide.type('stty size\r');
    await wide.shows(/^25 90$/m);
    // Where it goes, the size is that of who is left.
    wide.close();
    narrow.type('clear; stty size; echo left\r');
    await narrow.shows(/^20 60\nleft$/m);
    await served.stop();
  });

  for (const stop of [true, false]) {
    it(`${stop ? 'stop' : 'keep'} the containers where the last one went and said so`, async () => {
      const { home, waiting, over } = serveHere(place);
      const socket = path.join(home.directory, home.socketName);
      await until('the idle timer', () => waiting.length === 1);
      const connect = () => Client.connect(socket, home.token);
      const client = await connect();
      await client.rpc.request('setLastClientPolicy', { stop });
      const info = await client.start(await place.bundle('root'));
      client.close();
      if (stop) {
        await until('the timer', () => waiting.some(({ ms }) => ms === stopAfter));
        // A reload: it is back in time.
        const reloaded = await connect();
        await reloaded.rpc.request('list', {});
        assert.equal(waiting.length, 0);
        reloaded.close();
        await until('the timer', () => waiting.some(({ ms }) => ms === stopAfter));
        waiting.find(({ ms }) => ms === stopAfter)!.callback();
        await until('the end of the container', () => waiting.some(({ ms }) => ms !== stopAfter));
      }
      const next = await connect();
      const { containers } = await next.rpc.request('list', {});
      assert.equal(containers[0]?.state, stop ? 'stopped' : 'running');
      const { aloneMs } = await next.rpc.request('hello', { client: 'test' });
      assert.equal(typeof aloneMs, 'number', 'it is told that nobody was there');
      if (!stop) await next.rpc.request('stop', { id: info.id, graceMs });
      await next.rpc.request('shutdown', {});
      await over;
      next.close();
    });
  }

  for (const privilege of ['root', 'rootless'] as const) {
    it(`log each privileged command with its result, and nothing secret (${privilege})`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const secrets = ['env-secret-4711', 'typed-secret-4712', served.home.token];
      const bundle = await place.bundle(privilege, 'notes', (config) => {
        config.process.env = [...(config.process.env ?? []), `PASSWORD=${secrets[0]}`];
      });
      const info = await client.start(bundle);
      const screen = await client.attach(info.console);
      screen.type(`: ${secrets[1]}; echo $PASSWORD\r`);
      await screen.shows(/^env-secret-4711$/m);
      const startTime = (await startTimeOf(info.hostPid!))!;
      await client.rpc.request('renice', { id: info.id, pid: 1, startTime, nice: 1 });
      const other = { id: info.id, pid: 1, startTime: '1', signal: 'SIGTERM' };
      await assert.rejects(client.rpc.request('signal', other));
      const { stream } = await client.rpc.request('openSession', {
        ...{ id: info.id, args: [], cols: 80, rows: 24 },
      });
      const session = await client.attach(stream);
      session.type('exit 3\r');
      await session.closed;
      await client.rpc.request('stop', { id: info.id, graceMs });
      const broken = await place.bundle(privilege, 'notes', (config) => {
        config.mounts?.push({
          ...{ destination: '/tmp', type: 'tmpfs', source: 'none', options: ['nonsense=1'] },
        });
      });
      await assert.rejects(client.start(broken));
      const lines: LogLine[] = [];
      const late = await served.connect();
      late.rpc.onNotification('log', (told) => void lines.push(...told.lines));
      await late.rpc.request('list', {});
      const text = lines.map(({ level, message }) => `${level} ${message}`).join('\n');
      assert.match(text, /^info box: .*unshare .* → done \(\d+ ms\)$/m);
      assert.match(text, /^error box: .*nsenter .* → .*3.* \(\d+ ms\)$/m);
      assert.match(text, /^info box: renice 1 PID 1 → done \(\d+ ms\)$/m);
      assert.match(text, /^error box: kill SIGTERM PID 1 → .*has ended.* \(\d+ ms\)$/m);
      assert.match(text, /^info box: kill SIGTERM SIGHUP \d+ → .* \(\d+ ms\)$/m);
      assert.match(text, /^error box: .*mount .*nonsense=1 none \.\) failed: /m);
      for (const secret of secrets) assert.ok(!text.includes(secret), `no ${secret} in\n${text}`);
      await served.stop();
    });
  }

  it('are told clearly where a rootless container cannot be paused, and it goes on', async () => {
    const served = await Served.start(place, 'rootless');
    const client = await served.connect();
    const info = await client.start(await place.bundle('rootless'));
    const screen = await client.attach(info.console);
    await screen.shows(prompt);
    const refusal = await client.rpc.request('pause', { id: info.id }).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    // Where systemd has delegated a cgroup to the user it works.
    if (refusal === undefined) await client.rpc.request('resume', { id: info.id });
    else assert.match(refusal, /may make none here \(E[A-Z]+\)[\s\S]*Delegate=yes/);
    screen.type('echo goes on\r');
    await screen.shows(/^goes on$/m);
    const { containers } = await client.rpc.request('list', {});
    assert.equal(containers[0]?.paused, undefined);
    await served.stop();
  });
});
