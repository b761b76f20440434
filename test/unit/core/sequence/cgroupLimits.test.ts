/** linux.resources as writes into the files of cgroup v2, and what the schema refuses of it. */
import assert from 'node:assert/strict';
import { limitsOf } from '../../../../src/core/sequence/cgroupLimits';
import { parseConfig } from '../../../../src/core/config/parseConfig';

const parse = (linux: object) =>
  parseConfig(
    JSON.stringify({ ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' }, linux }),
  );
const writes = (resources: object) => {
  const { config, diagnostics } = parse({ resources });
  assert.deepEqual(diagnostics, []);
  return Object.fromEntries(limitsOf(config!, 'script').map(({ file, value }) => [file, value]));
};

describe('limitsOf', () => {
  it('is empty where nothing is limited', () => {
    assert.deepEqual(writes({}), {});
    assert.deepEqual(writes({ devices: [{ allow: false, access: 'rwm' }] }), {});
    assert.deepEqual(writes({ memory: { limit: 0 }, pids: { limit: 0 } }), {});
  });

  it('takes the memory from what the specification counts as memory and swap', () => {
    const memory = { limit: 100, reservation: 50, swap: 150 };
    assert.deepEqual(writes({ memory }), {
      'memory.max': '100',
      'memory.low': '50',
      'memory.swap.max': '50',
    });
    assert.deepEqual(writes({ memory: { limit: 100, swap: 100 } })['memory.swap.max'], '0');
    assert.deepEqual(writes({ memory: { limit: 100, swap: -1 } })['memory.swap.max'], 'max');
  });

  it('writes max for -1', () => {
    assert.deepEqual(writes({ memory: { limit: 2 ** 62 } }), { 'memory.max': 'max' });
    assert.deepEqual(writes({ memory: { limit: -1 }, pids: { limit: -1 } }), {
      'memory.max': 'max',
      'pids.max': 'max',
    });
  });

  it('counts unshare, which waits outside, among the processes', () => {
    assert.deepEqual(writes({ pids: { limit: 10 } }), { 'pids.max': '11' });
  });

  it('makes weights of shares as runc and crun do', () => {
    for (const [shares, weight] of [
      [1, '1'],
      [2, '1'],
      [512, '20'],
      [1024, '39'],
      [262144, '10000'],
      [2 ** 63, '10000'],
    ] as const)
      assert.deepEqual(writes({ cpu: { shares } }), { 'cpu.weight': weight });
  });

  it('completes the quota or the period with what is usual', () => {
    assert.deepEqual(writes({ cpu: { quota: 20000 } }), { 'cpu.max': '20000 100000' });
    assert.deepEqual(writes({ cpu: { period: 50000 } }), { 'cpu.max': 'max 50000' });
    assert.deepEqual(writes({ cpu: { quota: -1, period: 50000 } }), { 'cpu.max': 'max 50000' });
  });

  it('writes processors, disks and huge pages where they belong', () => {
    const rate = (value: number) => [{ major: 8, minor: 0, rate: value }];
    const resources = {
      cpu: { cpus: '0-1,3', mems: '0', burst: 1000, idle: 1 },
      blockIO: { weight: 500, throttleReadBpsDevice: rate(1000), throttleWriteIOPSDevice: rate(5) },
      hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }],
    };
    assert.deepEqual(writes(resources), {
      'cpuset.cpus': '0-1,3',
      'cpuset.mems': '0',
      'cpu.max.burst': '1000',
      'cpu.idle': '1',
      'io.weight': 'default 4950',
      'io.max': '8:0 rbps=1000 wiops=5',
      'hugetlb.2MB.max': '4194304',
    });
  });

  it('gives each disk a write of its own', () => {
    const rules = [8, 9].map((major) => ({ major, minor: 0, rate: 1 }));
    const { config } = parse({ resources: { blockIO: { throttleReadBpsDevice: rules } } });
    assert.deepEqual(
      limitsOf(config!, 'script').map(({ value }) => value),
      ['8:0 rbps=1', '9:0 rbps=1'],
    );
  });

  it('lets unified have the last word', () => {
    const unified = { 'pids.max': '5', 'memory.high': '1G' };
    assert.deepEqual(writes({ pids: { limit: 10 }, unified }), {
      'pids.max': '5',
      'memory.high': '1G',
    });
  });
});

describe('limits that take more than a look', () => {
  it('writes a line of unified at a time, which is all that the kernel reads', () => {
    const unified = { 'io.max': '8:0 rbps=1\n8:16 rbps=2\n', 'cgroup.max.depth': '3' };
    const blockIO = { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 5 }] };
    const { config } = parse({ resources: { blockIO, unified } });
    assert.deepEqual(
      limitsOf(config!, 'script').map(({ file, value }) => `${file} ${value}`),
      ['io.max 8:0 rbps=1', 'io.max 8:16 rbps=2', 'cgroup.max.depth 3'],
    );
  });

  it('writes max for more than there is of anything, as docker does for huge pages', () => {
    const rate = [{ major: 8, minor: 0, rate: 2 ** 64 }];
    const resources = {
      hugepageLimits: [{ pageSize: '2MB', limit: 9223372036854771712 }],
      blockIO: { throttleReadBpsDevice: rate },
    };
    assert.deepEqual(writes(resources), {
      'hugetlb.2MB.max': 'max',
      'io.max': '8:0 rbps=max',
    });
  });

  it('writes nothing for an empty list, a quota or a period of 0', () => {
    assert.deepEqual(writes({ cpu: { cpus: '', mems: '', quota: 0, period: 0, shares: 0 } }), {});
  });
});

describe('the schema of cgroups', () => {
  for (const [what, linux] of [
    ['a path that leaves its place (51)', { cgroupsPath: '/a/../../b' }],
    ['a path that leaves its place as a unit (51)', { cgroupsPath: 'a.slice:..:b' }],
    ['a path with an empty part (51)', { cgroupsPath: '/a//b' }],
    ['a path that ends with a slash (51)', { cgroupsPath: 'a/' }],
    ['an empty path (51)', { cgroupsPath: '' }],
    ['the root of all (51)', { cgroupsPath: '/' }],
    ['a path with a control character (51)', { cgroupsPath: 'a\nb' }],
    ['a name longer than a name can be (51)', { cgroupsPath: 'a'.repeat(256) }],
    ['a limit below -1', { resources: { memory: { limit: -2 } } }],
    ['half a byte', { resources: { memory: { limit: 1.5 } } }],
    ['more than the kernel takes', { resources: { memory: { limit: 2 ** 64 } } }],
    ['swap without a limit', { resources: { memory: { swap: 10 } } }],
    ['swap below the limit', { resources: { memory: { limit: 10, swap: 5 } } }],
    ['a quota that the kernel refuses', { resources: { cpu: { quota: 10 } } }],
    ['a period that the kernel refuses', { resources: { cpu: { period: 10 } } }],
    ['processors that are no list', { resources: { cpu: { cpus: '0; reboot' } } }],
    ['a weight out of bounds', { resources: { blockIO: { weight: 5 } } }],
    ['a file that moves processes', { resources: { unified: { 'cgroup.procs': '1' } } }],
    ['a file elsewhere', { resources: { unified: { '../pids.max': '1' } } }],
    ['a file without a controller', { resources: { unified: { pids: '1' } } }],
    ['a value with a control character', { resources: { unified: { 'io.max': 'a\x1b' } } }],
    ['a value of empty lines', { resources: { unified: { 'io.max': '\n' } } }],
  ] as const)
    it(`refuses ${what}`, () => {
      const { config, diagnostics } = parse(linux);
      assert.equal(config, undefined);
      assert.equal(diagnostics.length, 1);
    });

  it('takes what other runtimes write', () => {
    for (const cgroupsPath of ['/a/b', 'a', 'user.slice:runc:id', '/machine.slice/x@1.scope'])
      assert.deepEqual(parse({ cgroupsPath }).diagnostics, []);
  });
});
