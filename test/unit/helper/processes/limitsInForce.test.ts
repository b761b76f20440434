// Which limits of cgroups hold for a process, on folders that stand for the cgroup file systems.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseMountinfo } from '../../../../src/core/procfs/parseMountinfo';
import { limitsInForce } from '../../../../src/helper/processes/limitsInForce';
import { plant, temporaryFolder } from '../../core/bundle/temporaryFolder';

describe('limitsInForce', () => {
  const folder = temporaryFolder();
  const asked: string[] = [];
  const read = (file: string, limit: number) => {
    asked.push(path.relative(folder(), file));
    try {
      return readFileSync(file, 'utf8').slice(0, limit);
    } catch {
      return undefined;
    }
  };
  const mounted = (at: string, root: string, type: string, options: string) =>
    `30 23 0:26 ${root} ${folder()}/${at} rw - ${type} ${type} ${options}\n`;
  const of = (membership: string, ...mounts: string[]) =>
    limitsInForce(membership, parseMountinfo(mounts.join('')), read);

  beforeEach(() => {
    asked.length = 0;
    plant(folder(), {
      'v2/memory.max': '1\n', // the root has no such file: it is not looked for
      'v2/box/memory.max': '536870912\n',
      'v2/box/pids.max': '101\n',
      'v2/box/cpu.max': 'max 100000\n',
      'v2/box/below/memory.max': 'max\n',
      'v2/box/below/memory.high': '1048576\n',
      'v2/box/below/cpu.max': '50000 100000\n',
      'v2/box/below/cpuset.cpus': '\n',
      'memory/box/memory.limit_in_bytes': '1048576\n',
      'memory/memory.limit_in_bytes': '9223372036854771712\n',
      'memory/free/memory.limit_in_bytes': '9223372036854771712\n',
      'cpu/box/cpu.cfs_quota_us': '-1\n',
      'pids/box/pids.max': '7\n',
    });
  });
  const v2 = () => mounted('v2', '/', 'cgroup2', 'rw');

  it('are those of its own cgroup and of all above it, nearest first', () => {
    assert.deepEqual(of('0::/box/below\n', v2()), [
      { file: 'memory.high', value: '1048576', cgroup: '/box/below' },
      { file: 'cpu.max', value: '50000 100000', cgroup: '/box/below' },
      { file: 'memory.max', value: '536870912', cgroup: '/box' },
      { file: 'pids.max', value: '101', cgroup: '/box' },
    ]);
    assert.deepEqual(of('0::/\n', v2()), []);
  });

  it('are found by controller under version 1, beside version 2', () => {
    const mounts = ['memory', 'pids', 'cpu'].map((name) =>
      mounted(name, '/', 'cgroup', `rw,${name}`),
    );
    const membership =
      '4:memory:/box\n3:pids:/box\n2:cpu,cpuacct:/box\n1:name=systemd:/box\n0::/\n';
    assert.deepEqual(of(membership, ...mounts, v2()), [
      { file: 'memory.limit_in_bytes', value: '1048576', cgroup: '/box' },
      { file: 'pids.max', value: '7', cgroup: '/box' },
    ]);
    assert.deepEqual(of('4:memory:/free\n', ...mounts), []);
  });

  it('are found where only a part of the tree is mounted', () => {
    const part = mounted('v2/box', '/outer/box', 'cgroup2', 'rw');
    assert.deepEqual(
      of('0::/outer/box/below\n', part).map(({ file, cgroup }) => [file, cgroup]),
      [
        ['memory.high', '/outer/box/below'],
        ['cpu.max', '/outer/box/below'],
        ['memory.max', '/outer/box'],
        ['pids.max', '/outer/box'],
      ],
    );
    assert.deepEqual(of('0::/outer/boxes\n', part), []);
  });

  it('are not looked for where a name leads out, nor without end', () => {
    assert.deepEqual(of('0::/../../etc\n', v2()), []);
    assert.deepEqual(of('0::/box/../../etc\nnonsense\n', v2()), []);
    assert.deepEqual(asked, []);
    of(`0::${'/deep'.repeat(800)}\n`, v2());
    assert.ok(asked.length <= 32 * 6, `${asked.length} files`);
  });
});
