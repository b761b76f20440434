/**
 * The parsers of /proc/PID on what real kernels wrote, byte for byte: Debian's 5.10, 6.1 and 6.12 in a
 * virtual machine, and a 6.18. `odd` calls itself something evil and has ids, a nice value and a PID
 * namespace of its own; `zombie` has ended; `kthread` is kthreadd.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseStat } from '../../../../src/core/procfs/parseStat';
import { parseIdentity, parseStatus } from '../../../../src/core/procfs/parseStatus';

const folder = path.resolve('test/unit/core/procfs/recorded');
const kernels = readdirSync(folder);

describe('/proc/PID as it was recorded', () => {
  it('is there for several kernels', () => {
    assert.deepEqual(kernels.sort(), ['linux-5.10', 'linux-6.1', 'linux-6.12', 'linux-6.18']);
  });

  for (const kernel of kernels) {
    const file = (name: string) => readFileSync(path.join(folder, kernel, name));

    it(`of ${kernel}: a process with an odd name`, () => {
      const stat = parseStat(file('odd.stat'));
      assert.equal(stat.comm, ') R 1\n\\(\ufffd');
      assert.deepEqual(
        [stat.state, stat.nice, stat.threads, stat.cpuTicks, stat.kernelThread],
        ['S', -3, 1, 0, false],
      );
      assert.equal(stat.forkedOnly, true);
      assert.match(stat.startTime, /^[1-9]\d*$/);
      const status = parseStatus(file('odd.status'));
      assert.equal(status.name, stat.comm);
      assert.deepEqual([status.uid.real, status.uid.effective], [1000, 1001]);
      assert.equal(status.noNewPrivileges, true);
      assert.equal(status.capabilities.effective, 0n);
      assert.equal(
        status.rss,
        Number(/VmRSS:\s+(\d+)/.exec(String(file('odd.status')))![1]) * 1024,
      );
      assert.deepEqual(parseIdentity(file('odd.status')), {
        ppid: stat.ppid,
        uid: 1000,
        euid: 1001,
        nsPids: [stat.pid, 1],
        ignoredSignals: 0n,
      });
    });

    it(`of ${kernel}: a zombie, which has no memory`, () => {
      const stat = parseStat(file('zombie.stat'));
      assert.deepEqual([stat.comm, stat.state, stat.rssPages], ['subject', 'Z', 0]);
      assert.deepEqual(parseIdentity(file('zombie.status')), {
        ppid: stat.ppid,
        uid: 0,
        euid: 0,
        nsPids: [stat.pid],
        ignoredSignals: 0n,
      });
    });

    it(`of ${kernel}: a thread of the kernel`, () => {
      const { comm, pid, ppid, kernelThread } = parseStat(file('kthread.stat'));
      assert.deepEqual([comm, pid, ppid, kernelThread], ['kthreadd', 2, 0, true]);
    });
  }
});
