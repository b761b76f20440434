/** What a request says where the helper is no more. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import path from 'node:path';
import { HelperClient } from '../../../../src/core/client/HelperClient';
import { temporaryFolder } from '../bundle/temporaryFolder';

describe('HelperClient', () => {
  const folder = temporaryFolder();
  let server: Server;
  let helper: Socket;
  let client: HelperClient;
  beforeEach(async () => {
    const socket = path.join(folder(), 'helper');
    server = createServer((peer) => {
      helper = peer.on('error', () => undefined);
      peer.once('data', () => peer.write('{"ok":true}\n'));
    }).listen(socket);
    await once(server, 'listening');
    client = await HelperClient.connect({ socket, token: 'x' });
  });
  afterEach(() => {
    client.dispose();
    helper.destroy();
    server.close();
  });

  it('was lost, where it died before a request could be written', async () => {
    helper.destroy(); // the client has not heard of it yet: its write fails (EPIPE)
    await assert.rejects(client.request('list', {}), { code: 'helper-lost' });
  });

  it('was lost, where it dies before it answers', async () => {
    const answer = assert.rejects(client.request('list', {}), { code: 'helper-lost' });
    await once(helper, 'data');
    helper.destroy();
    await answer;
  });

  it('was lost, where it has been gone for a while', async () => {
    helper.destroy();
    await client.closed;
    await assert.rejects(client.request('list', {}), { code: 'helper-lost' });
  });
});
