// The small parsers behind "Inspect Process", on text as the kernel writes it.
import assert from 'node:assert/strict';
import { namesOfCapabilities } from '../../../../src/core/procfs/capabilities';
import { parseLimits } from '../../../../src/core/procfs/parseLimits';
import { parseSockets } from '../../../../src/core/procfs/parseSockets';
import { parseUnixSockets } from '../../../../src/core/procfs/parseUnixSockets';
import { parseIdentity } from '../../../../src/core/procfs/parseStatus';

describe('namesOfCapabilities', () => {
  it('names the bits, and calls unknown ones by their number', () => {
    assert.deepEqual(namesOfCapabilities(0n), []);
    assert.deepEqual(namesOfCapabilities((1n << 21n) | 1n), ['CHOWN', 'SYS_ADMIN']);
    assert.deepEqual(namesOfCapabilities(1n << 63n), ['63']);
    assert.equal(namesOfCapabilities(0x1ffffffffffn).length, 41);
  });
});

describe('parseLimits', () => {
  it('reads names with spaces, and limits without a unit', () => {
    const text = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max nice priority         0                    0                    
`;
    assert.deepEqual(parseLimits(text), [
      { name: 'cpu time', soft: 'unlimited', hard: 'unlimited', unit: 'seconds' },
      { name: 'nice priority', soft: '0', hard: '0', unit: '' },
    ]);
  });
});

describe('parseUnixSockets', () => {
  const heading = 'Num       RefCount Protocol Flags    Type St Inode Path\n';

  it('reads path, kind and state', () => {
    const text = `${heading}00000000337a8aa7: 00000002 00000000 00010000 0001 01 17 /run/a b.sock
0000000094932aa5: 00000003 00000000 00000000 0001 03 18
ffff9a5b: 00000002 00000000 00000000 0002 01 19 @abstract
ffff9a5c: 00000002 00000000 00000000 0005 02     20
`;
    assert.deepEqual(parseUnixSockets(text), [
      { type: 'stream', local: '/run/a b.sock', remote: '', state: 'listening', inode: '17' },
      { type: 'stream', local: '', remote: '', state: 'connected', inode: '18' },
      { type: 'datagram', local: '@abstract', remote: '', state: 'unconnected', inode: '19' },
      { type: 'packet', local: '', remote: '', state: 'connecting', inode: '20' },
    ]);
  });

  it('leaves out what was cut', () => {
    assert.deepEqual(parseUnixSockets(`${heading}00000000337a8aa7: 00000002 000`), []);
  });
});

describe('parseSockets', () => {
  const heading =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n';

  it('reads addresses of both families and says the state in words', () => {
    const text = `${heading}   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1
   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 01 00000000:00000000 00:00000000 00000000 0 0 18 1
`;
    assert.deepEqual(parseSockets(text), [
      { local: '127.0.0.1:8080', remote: '0.0.0.0:0', state: 'listening', inode: '17' },
      {
        local: '[0:0:0:0:0:0:0:1]:22',
        remote: '[0:0:0:0:0:0:0:0]:0',
        state: 'established',
        inode: '18',
      },
    ]);
  });

  it('leaves out what was cut', () => {
    assert.deepEqual(parseSockets(`${heading}   0: 0100007F:1F90 0000`), []);
  });
});

describe('parseIdentity', () => {
  const status = (name: string) =>
    Buffer.from(
      `Name:\t${name}\nPid:\t40\nPPid:\t4\nUid:\t5\t6\t7\t8\nGid:\t1\t1\t1\t1\nNSpid:\t40\t2\nSigIgn:\t0000000000000006\n`,
    );

  it('reads parent, users and numbers', () => {
    const expected = { ppid: 4, uid: 5, euid: 6, nsPids: [40, 2], ignoredSignals: 6n };
    assert.deepEqual(parseIdentity(status('sh')), expected);
    // The kernel escapes newlines in a name, so it cannot hold a line of its own.
    assert.deepEqual(parseIdentity(status('Uid:\\nUid:\t9')), expected);
  });

  it('takes the only number there is where the kernel has no NSpid', () => {
    const old = Buffer.from('Name:\tsh\nPid:\t40\nUid:\t0\t0\t0\t0\n');
    assert.deepEqual(parseIdentity(old).nsPids, [40]);
  });

  it('refuses what is no status file', () => {
    assert.throws(() => parseIdentity(Buffer.from('')), /not a \/proc\/PID\/status/);
  });
});
