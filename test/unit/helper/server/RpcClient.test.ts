import assert from 'node:assert/strict';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { type Handlers, RpcClient } from '../../../../src/helper/server/RpcClient';

const mebi = 1024 * 1024;

describe('RpcClient, whose client reads nothing', () => {
  let server: Server;
  let reader: Socket;
  let socket: Socket;
  let client: RpcClient;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
    [socket] = (await once(server, 'connection')) as [Socket];
    client = new RpcClient(socket, {} as Handlers);
  });
  afterEach(() => {
    reader.destroy();
    socket.destroy();
    server.close();
  });

  const notify = (bytes: number) =>
    client.notify('layerChanged', {
      ...{ bundle: '/box', full: false, gone: ['x'.repeat(bytes)], changes: [], more: false },
    });

  it('keeps it while one long message is on its way', async () => {
    notify(20 * mebi);
    notify(1);
    await new Promise(setImmediate);
    notify(1);
    assert.equal(client.isGone, false);
  });

  it('drops it when too much waits behind that', async () => {
    for (let at = 0; at < 30 && !client.isGone; at++) {
      notify(mebi);
      await new Promise(setImmediate);
    }
    assert.equal(client.isGone, true);
  });
});
