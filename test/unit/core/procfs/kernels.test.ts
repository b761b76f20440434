// The parsers of /proc/PID on what kernels from 5.4 to 6.18 write, for processes with odd names.
import assert from 'node:assert/strict';
import { parseStat } from '../../../../src/core/procfs/parseStat';
import { parseIdentity, parseStatus, signalSets } from '../../../../src/core/procfs/parseStatus';
import { type KernelFormat, escapedName, kernels, oddNames } from './kernels';

/** As bytes: a name need not be UTF-8. */
function statusOf(kernel: KernelFormat, name: Buffer): Buffer {
  const [before = '', after = ''] = kernel.status('\0').split('\0');
  return Buffer.concat([Buffer.from(before), escapedName(name), Buffer.from(after)]);
}

for (const kernel of kernels) {
  describe(`/proc/PID of Linux ${kernel.release}`, () => {
    it('says the same of a process whatever it calls itself', () => {
      for (const name of oddNames) {
        const { comm, ...numbers } = parseStat(kernel.stat(name));
        assert.equal(comm, name.toString('utf8'));
        assert.deepEqual(numbers, {
          pid: 15501,
          state: 'S',
          ppid: 15499,
          processGroup: 15501,
          session: 15499,
          terminal: 34816, // pts/0
          foregroundGroup: 15501,
          kernelThread: false,
          forkedOnly: false,
          threads: 3,
          cpuTicks: 12,
          nice: -3,
          startTime: '633502',
          rssPages: 423,
          image: '94908060667904 94908060685833 140725737419184 140725737425640 140725737425649',
        });
        const identity = {
          ...{ ppid: 15499, uid: 1000, euid: 1001, nsPids: [15501, 7, 1] },
          ignoredSignals: 0n,
        };
        assert.deepEqual(parseIdentity(statusOf(kernel, name)), identity);
        assert.deepEqual(signalSets(statusOf(kernel, name)), {
          ...{ blocked: 0x10002n, ignored: 0n, caught: 0x6n },
        });
        const parsed = parseStatus(statusOf(kernel, name));
        assert.equal(parsed.name, name.toString('utf8'));
        assert.deepEqual(parsed.nsPids, identity.nsPids);
        assert.deepEqual([parsed.uid.real, parsed.uid.effective, parsed.ppid], [1000, 1001, 15499]);
        assert.equal(parsed.rss, 1692 * 1024);
        assert.equal(parsed.noNewPrivileges, true);
        assert.equal(parsed.capabilities.bounding, 0xffffffffffn);
      }
    });
  });
}
