import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readHandshake } from '../../../../src/helper/server/handshake';
import type { Handshake } from '../../../../src/protocol/messages';

const token = 'x'.repeat(43);
const opening = (changes: object = {}) =>
  `${JSON.stringify({ terrarium: 1, token, open: { kind: 'rpc' }, ...changes })}\n`;

describe('readOpening', () => {
  let folder: string;
  let server: Server;
  let read: Promise<Handshake['open'] | undefined>;
  let accepted: Socket;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'opening-'));
    server = createServer({ pauseOnConnect: true }, (socket) => {
      accepted = socket;
      socket.on('error', () => socket.destroy());
      read = readHandshake(socket, token, 300);
    });
    await new Promise<void>((resolve) => server.listen(path.join(folder, 's'), resolve));
  });

  afterEach(() => {
    accepted?.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function send(...pieces: (string | Buffer)[]) {
    const socket = connect(path.join(folder, 's'));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return socket;
  }

  async function answerOf(socket: Socket) {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
    return text;
  }

  it('accepts the right token, also in pieces', async () => {
    const socket = await send(opening().slice(0, 20), opening().slice(20));
    assert.deepEqual(await read, { kind: 'rpc' });
    socket.destroy();
  });

  it('keeps what follows the line for whoever reads next', async () => {
    const socket = await send(`${opening()}and more`);
    await read;
    const [chunk] = (await once(accepted.resume(), 'data')) as [Buffer];
    assert.equal(chunk.toString(), 'and more');
    socket.destroy();
  });

  it('refuses a wrong token with one line and closes', async () => {
    const socket = await send(opening({ token: 'y'.repeat(43) }));
    assert.match(await answerOf(socket), /^\{"ok":false,"message":"The token is wrong."\}\n$/);
    assert.equal(await read, undefined);
  });

  it('refuses what is no opening', async () => {
    for (const line of ['{}\n', 'GET / HTTP/1.1\n', opening({ terrarium: 2 }), '\n']) {
      const socket = await send(line);
      assert.match(await answerOf(socket), /not the opening/);
      assert.equal(await read, undefined);
    }
  });

  it('drops a line longer than 4096 bytes', async () => {
    const socket = await send(Buffer.alloc(5000, 'a'));
    assert.equal(await answerOf(socket), '');
    assert.equal(await read, undefined);
  });

  it('drops a peer that says nothing in time', async () => {
    const socket = await send('{"terrarium":');
    assert.equal(await answerOf(socket), '');
    assert.equal(await read, undefined);
  });
});
