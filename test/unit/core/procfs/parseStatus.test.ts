import assert from 'node:assert/strict';
import { parseStatus } from '../../../../src/core/procfs/parseStatus';

/** Linux 6.18, shortened where nothing reads it. */
const recorded = `Name:	sh
Umask:	0022
State:	S (sleeping)
Tgid:	15501
Ngid:	0
Pid:	15501
PPid:	15499
TracerPid:	0
Uid:	1000	1001	1002	1003
Gid:	100	101	102	103
FDSize:	256
Groups:	4 24 27${' '}
NStgid:	15501	1
NSpid:	15501	7	1
NSpgid:	15501	1
NSsid:	15501	1
Kthread:	0
VmPeak:	    2920 kB
VmRSS:	    1692 kB
Threads:	3
SigQ:	0/96365
CapInh:	0000000000000000
CapPrm:	000001fffeffffff
CapEff:	0000000000000001
CapBnd:	000001ffffffffff
CapAmb:	0000000000000000
NoNewPrivs:	1
Seccomp:	0
`;

describe('parseStatus', () => {
  it('reads ids, numbers in each namespace, memory and privileges', () => {
    assert.deepEqual(parseStatus(Buffer.from(recorded)), {
      name: 'sh',
      pid: 15501,
      ppid: 15499,
      uid: { real: 1000, effective: 1001, saved: 1002, filesystem: 1003 },
      gid: { real: 100, effective: 101, saved: 102, filesystem: 103 },
      nsPids: [15501, 7, 1],
      rss: 1692 * 1024,
      threads: 3,
      noNewPrivileges: true,
      capabilities: {
        inheritable: 0n,
        permitted: 0x1fffeffffffn,
        effective: 1n,
        bounding: 0x1ffffffffffn,
        ambient: 0n,
      },
    });
  });

  it('takes back the escapes of the name, and only those', () => {
    const named = (name: string) => parseStatus(recorded.replace('\tsh\n', `\t${name}\n`)).name;
    assert.equal(named('a\\nNSpid:\\t1'), 'a\nNSpid:\\t1');
    assert.equal(named('a\\\\nb'), 'a\\nb');
    assert.equal(named('\x1b[2J) R 1'), '\x1b[2J) R 1');
    assert.equal(named(''), '');
    assert.equal(named('\ttab '), '\ttab ');
  });

  it('does not let a name that looks like another line replace it', () => {
    const status = parseStatus(recorded.replace('\tsh\n', '\tUid: 0 0 0 0\n'));
    assert.equal(status.uid.real, 1000);
    assert.equal(status.name, 'Uid: 0 0 0 0');
  });

  it('reads a zombie, which has no memory', () => {
    const zombie = recorded.replace(/^Vm.*\n/gm, '').replace('S (sleeping)', 'Z (zombie)');
    assert.equal(parseStatus(zombie).rss, 0);
  });

  it('reads a kernel that lacks NSpid, Kthread and NoNewPrivs', () => {
    const old = parseStatus(recorded.replace(/^(NS\w+|Kthread|NoNewPrivs):.*\n/gm, ''));
    assert.deepEqual([old.nsPids, old.noNewPrivileges], [[15501], false]);
  });

  it('reads 65,536 groups', () => {
    const groups = Array.from({ length: 65536 }, (_, n) => 4294900000 + n).join(' ');
    assert.deepEqual(parseStatus(recorded.replace('4 24 27', groups)).nsPids, [15501, 7, 1]);
  });

  for (const missing of ['Name', 'Pid', 'Uid']) {
    it(`rejects a file without ${missing}`, () => {
      const text = recorded.replace(new RegExp(`^${missing}:.*\n`, 'm'), '');
      assert.throws(() => parseStatus(text), /not a \/proc\/PID\/status/);
    });
  }
});
