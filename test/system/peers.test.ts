/** Strangers and broken clients at a helper's socket (security cases 50, 52, 55): it lives, and does nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import { seeded } from '../seed';
import { Workplace, assertSameHost, hostState, privileges, until } from './containers';
import { type Client, Served, size } from './serving';

for (const privilege of privileges)
  describe(`peers of a helper (${privilege})`, function () {
    this.timeout(120_000);
    let place: Workplace;
    let served: Served;
    let client: Client;
    let hostBefore: ReturnType<typeof hostState>;
    before(async function () {
      place = await Workplace.open(this);
      hostBefore = hostState();
    });
    beforeEach(async () => {
      served = await Served.start(place, privilege);
      client = await served.connect();
    });
    afterEach(async () => {
      const { containers } = await client.rpc.request('list', {});
      assert.ok(
        containers.every(({ state }) => state === 'stopped'),
        'nothing was started',
      );
      await served.stop();
      await assertSameHost(hostBefore);
    });
    after(() => place?.close());

    const opening = (token: string, open: object = { kind: 'rpc' }) =>
      `${JSON.stringify({ terrarium: 1, token, open })}\n`;
    const header = (length: number | string) => `Content-Length: ${length}\r\n\r\n`;
    const message = (body: string) => header(Buffer.byteLength(body)) + body;
    const call = (method: string, params: unknown, id = 1) =>
      message(JSON.stringify({ jsonrpc: '2.0', id, method, params }));

    /** A raw connection; resolves once it is made or refused by the system. */
    async function dial(): Promise<Socket> {
      const socket = connect(served.socket);
      socket.on('error', () => undefined); // being thrown out is what these are for
      await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
      return socket;
    }

    /** What the helper answers until it closes, or for as long as it says something within `ms`. */
    async function answer(socket: Socket, ms = 1500): Promise<string> {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const timer = setTimeout(() => socket.destroy(), ms);
      // Not `once` of node:events: that takes being thrown out while it writes for a failure.
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
      clearTimeout(timer);
      return text;
    }

    async function answerTo(...pieces: (string | Buffer)[]): Promise<string> {
      const socket = await dial();
      for (const piece of pieces) socket.write(piece);
      return answer(socket);
    }

    const helperPid = async () => (await client.rpc.request('hello', { client: 'test' })).pid;

    it('lets no other user of the machine reach the socket', () => {
      const script = `require('net').connect(process.argv[1]).on('error', ({ code }) => console.log(code)).on('connect', () => console.log('in'))`;
      const words = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-e'];
      const { stdout } = spawnSync('setpriv', [...words, script, served.socket], {
        encoding: 'utf8',
        timeout: 10_000,
      });
      assert.equal(stdout, 'EACCES\n');
    });

    it('answers no request before the right token, however it is wrapped', async () => {
      const bundle = await place.bundle(privilege);
      const start = call('start', { bundle, ...size });
      const wrong = 'f'.repeat(64);
      for (const pieces of [
        [start],
        [`\n${start}`],
        [opening(wrong), start],
        [opening(`${served.home.token}x`), start],
        [opening(served.home.token.slice(0, 63)), start],
        [opening(''), start],
        [opening(wrong, { kind: 'stream', stream: '../../etc/passwd', ...size })],
        [
          `${JSON.stringify({ terrarium: 1, token: [served.home.token], open: { kind: 'rpc' } })}\n`,
        ],
        ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
      ])
        assert.match(await answerTo(...pieces), /^(\{"ok":false,"message":"[^"]+"\}\n)?$/);
    });

    it('stops listening to a client that sends what is no message', async () => {
      for (const nonsense of [
        message('{'),
        message('null'),
        message('[]'),
        message('{"jsonrpc":"1.0","id":1,"method":"list"}'),
        header(-1),
        header('1e9'),
        header(999_999_999),
        header('99999999999999999999'),
        'Content-Length: 5\n\n{"a"}',
        'x'.repeat(5000),
      ]) {
        const text = await answerTo(opening(served.home.token), nonsense);
        assert.match(text, /^\{"ok":true\}\n/, nonsense.slice(0, 60));
        assert.doesNotMatch(text.slice('{"ok":true}\n'.length), /"result"/);
      }
    });

    it('refuses requests that are none, and ids that are paths (50)', async () => {
      const requests = [
        ['stop', { id: '../x', graceMs: 0 }],
        ['stop', { id: '', graceMs: 0 }],
        ['openSession', { id: 'x'.repeat(16), args: [], ...size }],
        ['start', { bundle: 'relative', ...size }],
        ['start', { bundle: '/etc', cols: 1e9, rows: -1 }],
        ['start', {}],
        ['start', { bundle: '/etc', kind: 'either', ...size }],
        ['deleteBundle', { bundle: '/' }],
        ['deleteBundle', { bundle: `${place.folder}` }],
        ['takeOwnership', { bundle: '/etc', path: '/' }],
        ['signal', { id: '../x', pid: 1, startTime: '1', signal: 'SIGKILL' }],
        ['__proto__', {}],
        ['constructor', {}],
        ['no/such', {}],
      ] as const;
      const refused = requests.map(async ([method, params]) => {
        const text = await answerTo(opening(served.home.token), call(method, params));
        assert.match(text, /"error":\{/, `${method} ${JSON.stringify(params)}`);
        assert.doesNotMatch(text, /"result"/);
      });
      await Promise.all(refused);
    });

    it('takes a session’s command that looks like an option for a command (52)', async () => {
      const bundle = await place.bundle(privilege, 'safe');
      const { id } = await client.start(bundle);
      for (const word of ['--dev-bind', '--shell=/bin/sh', '--', '-c']) {
        const open = () => client.rpc.request('openSession', { id, args: [word, '/'], ...size });
        await assert.rejects(open, /" does not exist in the rootfs/);
        if (word.includes('/')) continue;
        const file = path.join(bundle, 'rootfs/bin', word);
        writeFileSync(file, '#!/bin/sh\n[ "$*" = / ] && exit 7\n', { mode: 0o755 });
        const over = client.next('streamEnded', () => true);
        await open();
        assert.equal((await over).code, 7, `${word} is the program of that name`);
      }
      await client.rpc.request('stop', { id, graceMs: 0 });
    });

    it('lives through 10,000 connections that say nothing or half a line, with its own still open', async () => {
      const pid = await helperPid();
      const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;
      const before = descriptors();
      const half = opening(served.home.token).slice(0, 40);
      for (let round = 0; round < 100; round++) {
        const sockets = await Promise.all(Array.from({ length: 100 }, dial));
        sockets.forEach((socket, index) => {
          if (index % 2) socket.write(half);
        });
        sockets.forEach((socket) => socket.destroy());
      }
      await client.rpc.request('list', {});
      // Strangers that are over its limit are dropped at once; then there is room again.
      await until('the strangers’ end', () => descriptors() < before + 100);
      const fresh = await served.connect();
      await fresh.rpc.request('list', {});
      assert.ok(descriptors() < before + 100, `${descriptors()} descriptors, ${before} before`);
    });

    it('keeps no more of a half message than it was sent, and drops it with its sender', async () => {
      const pid = await helperPid();
      const socket = await dial();
      socket.write(opening(served.home.token) + header(1_000_000));
      socket.write(Buffer.alloc(500_000, 'x'));
      await client.rpc.request('list', {});
      socket.destroy();
      await client.rpc.request('list', {});
      const rss = Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
      assert.ok(rss < 300_000, `${rss} KiB`);
    });

    it('lives through random bytes before and after the token', async () => {
      const token = opening(served.home.token);
      const pid = await helperPid();
      const text = fc.oneof(
        fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes)),
        fc.string({ unit: 'binary', maxLength: 500 }).map((said) => Buffer.from(said)),
        fc.json().map((body) => Buffer.from(message(body))),
        fc
          .record({
            jsonrpc: fc.constant('2.0'),
            id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
            method: fc.oneof(fc.constantFrom('list', 'stop', 'resize', 'signal'), fc.string()),
            params: fc.jsonValue(),
          })
          .map((body) => Buffer.from(message(JSON.stringify(body)))),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(text, { maxLength: 4 }), fc.boolean(), async (pieces, known) => {
          const socket = await dial();
          if (known) socket.write(token);
          for (const piece of pieces) socket.write(piece);
          socket.end();
          await answer(socket, 300);
          assert.equal(await helperPid(), pid, 'the same helper answers');
        }),
        seeded('the socket', 60),
      );
    });
  });
