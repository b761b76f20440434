import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { answers, nodeInspector } from '../../../../src/ui/model/nodeInspector';

const listening = (local: string) => ({
  protocol: 'tcp',
  local,
  remote: '0.0.0.0:0',
  state: 'listening',
});

describe('where a Node process listens for a debugger', () => {
  it('is what its command line says, or the port that SIGUSR1 opens', () => {
    const ports = {
      'node app.js': 9229,
      'node --inspect app.js': 9229,
      'node --inspect=9333 app.js': 9333,
      'node --inspect-brk=0.0.0.0:9334 app.js': 9334,
      'node --inspect-port=9335 app.js': 9335,
      'node --inspect-wait=[::1]:9336': 9336,
      'node app.js my--inspect=1': 9229,
      'node app.js --inspect=80': 9229,
      'node --inspect=99999 app.js': 9229,
      'node --inspect=0 app.js': 9229,
    };
    for (const [commandLine, port] of Object.entries(ports))
      assert.equal(nodeInspector(commandLine, []).port, port, commandLine);
  });

  it('is open where one of its own sockets listens there', () => {
    // A unix socket may have any name.
    const unix = { protocol: 'unix stream', local: '/tmp/:9229', remote: '', state: 'listening' };
    assert.equal(nodeInspector('node', [unix]).isOpen, false);
    const isOpen = (...sockets: Parameters<typeof nodeInspector>[1]) =>
      nodeInspector('node', sockets).isOpen;
    assert.equal(isOpen(listening('127.0.0.1:9229')), true);
    assert.equal(isOpen(listening('127.0.0.1:19229'), listening('0.0.0.0:80')), false);
    assert.equal(isOpen({ ...listening('127.0.0.1:9229'), state: 'established' }), false);
  });

  it('is the one that it listens at where it was free to choose', () => {
    const found = nodeInspector('node --inspect=0 app.js', [listening('127.0.0.1:34567')]);
    assert.deepEqual(found, { port: 34567, isOpen: true });
  });

  it('is another program’s where something answers already', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    assert.equal(await answers(port), true);
    server.close();
    await once(server, 'close');
    assert.equal(await answers(port), false);
  });
});
