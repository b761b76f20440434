/**
 * What the OCI runtime specification's own schema allows (version 1.3, config.json on Linux): each of
 * its keys is carried out or said not to be, and a value that means something is never refused.
 */
import assert from 'node:assert/strict';
import type { StartWay } from '../../../../src/core/config/startWay';
import { unsupported } from '../../../../src/core/config/unsupported';
import { parseConfig } from '../../../../src/core/config/parseConfig';

type Change = Record<string, Record<string, unknown>>;

const document = ({ process, ...rest }: Change) => ({
  ociVersion: '1.3.0',
  process: { args: ['/bin/sh'], cwd: '/', ...process },
  root: { path: 'rootfs' },
  ...rest,
});
const parse = (change: Change) => parseConfig(JSON.stringify(document(change)));

/** Where something is said of a good configuration. */
function places(change: Change): string[] {
  const { config, ignored = [], diagnostics } = parse(change);
  assert.deepEqual(diagnostics, []);
  return [
    ...unsupported(config!, undefined, 'root', 'program', []).map(({ path }) => path),
    ...ignored,
  ].map((path) => path.join('.'));
}

describe('the keys of the OCI runtime specification', () => {
  const unsupportedCases: Record<string, Change> = {
    'process.consoleSize': { process: { consoleSize: { height: 24, width: 80 } } },
    'process.apparmorProfile': { process: { apparmorProfile: 'a-profile' } },
    'process.selinuxLabel': { process: { selinuxLabel: 'system_u:system_r:svirt_t:s0' } },
    'linux.netDevices': { linux: { netDevices: { eth0: { name: 'inside' } } } },
    'linux.mountLabel': { linux: { mountLabel: 'system_u:object_r:svirt_t:s0' } },
    'linux.intelRdt': { linux: { intelRdt: { closID: 'guaranteed', memBwSchema: 'MB:0=20' } } },
    'linux.memoryPolicy': { linux: { memoryPolicy: { mode: 'MPOL_BIND', nodes: '0' } } },
    'linux.personality.flags': { linux: { personality: { domain: 'LINUX32', flags: ['X'] } } },
    'linux.timeOffsets': {
      linux: { timeOffsets: { monotonic: { secs: 172800 }, boottime: { secs: -1, nanosecs: 1 } } },
    },
    'linux.resources.rdma': { linux: { resources: { rdma: { mlx5_1: { hcaHandles: 3 } } } } },
    'linux.resources.network': { linux: { resources: { network: { classID: 1048577 } } } },
    'linux.resources.blockIO.weightDevice': {
      linux: { resources: { blockIO: { weightDevice: [{ major: 8, minor: 0, weight: 500 }] } } },
    },
  };
  for (const [place, change] of Object.entries(unsupportedCases))
    it(`says that ${place} is not carried out`, () => {
      assert.deepEqual(places(change), [place]);
    });

  const carriedOut: Record<string, Change> = {
    'process.scheduler': {
      process: {
        scheduler: { policy: 'SCHED_BATCH', nice: 5, flags: ['SCHED_FLAG_RESET_ON_FORK'] },
      },
    },
    'process.ioPriority': { process: { ioPriority: { class: 'IOPRIO_CLASS_IDLE', priority: 4 } } },
    'process.execCPUAffinity': { process: { execCPUAffinity: { initial: '0-1, 3', final: '' } } },
    'linux.personality': { linux: { personality: { domain: 'LINUX32' } } },
    'linux.rootfsPropagation': { linux: { rootfsPropagation: 'shared' } },
    'linux.timeOffsets': {
      linux: {
        namespaces: [{ type: 'time' }],
        timeOffsets: { monotonic: { secs: 172800 }, boottime: { secs: -1, nanosecs: 1 } },
      },
    },
  };
  for (const [place, change] of Object.entries(carriedOut))
    it(`says nothing of ${place}`, () => {
      assert.deepEqual(places(change), []);
    });

  it('says that a script confines no further shell to processors', () => {
    const { config } = parse(carriedOut['process.execCPUAffinity']!);
    assert.deepEqual(
      unsupported(config!, undefined, 'root', 'script').map(({ path }) => path.join('.')),
      ['process.execCPUAffinity'],
    );
  });

  it('says so of the ids of a mount that is no bind', () => {
    const ids = [{ containerID: 0, hostID: 1000, size: 1 }];
    const mount = { destination: '/a', type: 'tmpfs', uidMappings: ids, gidMappings: ids };
    const { config } = parseConfig(JSON.stringify({ ...document({}), mounts: [mount] }));
    assert.deepEqual(
      unsupported(config!).map(({ path }) => path.join('.')),
      ['mounts.0.uidMappings', 'mounts.0.gidMappings'],
    );
  });

  it('says so of each mount option that mount(8) has not', () => {
    const recursive =
      'rro rrw rnosuid rsuid rnodev rdev rnoexec rexec rnodiratime rdiratime rrelatime rnorelatime rnoatime ratime rstrictatime rnostrictatime rnosymfollow rsymfollow';
    const options = [...recursive.split(' '), 'tmpcopyup', 'idmap', 'ridmap'];
    const said = (change: object, way?: StartWay) => {
      const mounts = [{ destination: '/a', options, source: '/b', ...change }];
      const { config } = parseConfig(JSON.stringify({ ...document({}), mounts }));
      return unsupported(config!, undefined, 'root', way).map(
        ({ path }) => options[Number(path.at(-1))],
      );
    };
    assert.deepEqual(said({ type: 'tmpfs' }), ['idmap', 'ridmap']);
    assert.deepEqual(said({ type: 'bind' }), ['tmpcopyup']);
    assert.deepEqual(said({ type: 'tmpfs' }, 'script'), options);
  });

  it('names the engine that has a recursive option, in a script', () => {
    const recursive =
      'rro rrw rnosuid rsuid rnodev rdev rnoexec rexec rnodiratime rdiratime rrelatime rnorelatime rnoatime ratime rstrictatime rnostrictatime rnosymfollow rsymfollow';
    const options = [...recursive.split(' '), 'tmpcopyup', 'idmap', 'ridmap'];
    const mount = {
      destination: '/a',
      type: 'tmpfs',
      options: ['nosuid', 'symfollow', ...options],
    };
    const { config } = parseConfig(JSON.stringify({ ...document({}), mounts: [mount] }));
    const inScript = unsupported(config!, undefined, 'root', 'script');
    assert.deepEqual(
      inScript.map(({ path }) => path.join('.')),
      options.map((_, index) => `mounts.0.options.${index + 2}`),
    );
    // crun is no remedy where it does something else (recursiveAttributes.ts).
    const byRuncAlone = inScript
      .filter(({ message }) => !message.includes('crun'))
      .map(({ path }) => mount.options[Number(path.at(-1))]);
    assert.deepEqual(
      byRuncAlone,
      recursive
        .split(' ')
        .filter((one) => /symfollow|r(no)?(di)?atime|r(no)?strict|rrel/.test(one)),
    );
  });

  it('says of keys for other systems that they mean nothing', () => {
    const process = { commandLine: 'cmd.exe /c dir', user: { uid: 0, gid: 0, username: 'sam' } };
    assert.deepEqual(places({ process }), ['process.commandLine', 'process.user.username']);
  });

  it('leaves a recent crun or runc to do it', () => {
    const annotations = { 'dev.terrarium.engine': 'crun' };
    assert.deepEqual(places({ ...unsupportedCases['linux.timeOffsets'], annotations }), []);
  });

  it('starts without a capability that the kernel has not, and says so', () => {
    const bounding = ['CAP_KILL', 'CAP_TIME_TRAVEL'];
    assert.deepEqual(
      places({ process: { user: { uid: 1, gid: 1 }, capabilities: { bounding } } }),
      ['process.capabilities.bounding.1'],
    );
  });
});

describe('the values of the OCI runtime specification', () => {
  const allowed: Record<string, Change> = {
    'processors with spaces and steps': {
      linux: { resources: { cpu: { cpus: '0, 2-3', mems: '0-7:1/2' } } },
    },
    'no list of processors': { linux: { resources: { cpu: { cpus: '', mems: '' } } } },
    'more shares than weigh anything': { linux: { resources: { cpu: { shares: 2 ** 64 } } } },
    'huge pages without end': {
      linux: { resources: { hugepageLimits: [{ pageSize: '2MB', limit: 9223372036854771712 }] } },
    },
    'a rate without end': {
      linux: {
        resources: {
          blockIO: { throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 2 ** 64 }] },
        },
      },
    },
    'a line for each disk': {
      linux: { resources: { unified: { 'io.max': '8:0 rbps=1\n8:16 rbps=1' } } },
    },
    'how deep cgroups may be': {
      linux: { resources: { unified: { 'cgroup.max.depth': '2', 'cgroup.max.descendants': '9' } } },
    },
    'numbers of a kernel parameter with tabs between them': {
      linux: { sysctl: { 'net.ipv4.tcp_rmem': '4096\t131072\t6291456' } },
    },
  };
  for (const [what, change] of Object.entries(allowed))
    it(`take ${what}`, () => {
      assert.deepEqual(places(change), []);
    });

  it('take a relative destination as one below the root', () => {
    const mounts = [{ destination: 'proc', type: 'proc', source: 'proc' }];
    const { config } = parseConfig(JSON.stringify({ ...document({}), mounts }));
    assert.equal(config?.mounts[0]?.destination, '/proc');
  });

  it('take a filter with all that the specification has for one', () => {
    const seccomp = {
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 38,
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X32', 'SCMP_ARCH_RISCV64'],
      flags: ['SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'],
      listenerPath: '/run/listener',
      listenerMetadata: 'a word',
      syscalls: [
        { names: ['read'], action: 'SCMP_ACT_NOTIFY' },
        {
          names: ['clone', 'not_yet_there'],
          action: 'SCMP_ACT_TRACE',
          errnoRet: 7,
          args: [
            { index: 0, value: 2 ** 64, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' },
            { index: 5, value: 3, op: 'SCMP_CMP_LT' },
          ],
        },
      ],
    };
    const { config, diagnostics } = parse({ linux: { seccomp } });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(config?.linux.seccomp, seccomp);
  });

  it('are refused where the kernel would refuse them', () => {
    const allow = { defaultAction: 'SCMP_ACT_ALLOW' };
    const read = { names: ['read'], action: 'SCMP_ACT_LOG' };
    const refused: Change[] = [
      { process: { oomScoreAdj: 1001 } },
      { process: { user: { uid: 4294967295, gid: 0 } } },
      { process: { user: { uid: 0, gid: 0, umask: 512 } } },
      { process: { cwd: 'relative' } },
      { linux: { uidMappings: [{ containerID: 0, hostID: 4294967295, size: 1 }] } },
      { linux: { uidMappings: [{ containerID: 0, hostID: 0, size: 0 }] } },
      { linux: { devices: [{ type: 'c', path: '/dev/x', fileMode: 512 }] } },
      { linux: { resources: { cpu: { period: 999 } } } },
      ...[
        {},
        { defaultAction: 'SCMP_ACT_DENY' },
        { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 65536 },
        { ...allow, architectures: ['SCMP_ARCH_AMD64'] },
        { ...allow, flags: ['SECCOMP_FILTER_FLAG_NEW_LISTENER'] },
        { ...allow, syscalls: [{ names: [], action: 'SCMP_ACT_LOG' }] },
        { ...allow, syscalls: [{ ...read, args: [{ index: 6, value: 0, op: 'SCMP_CMP_EQ' }] }] },
        { ...allow, syscalls: [{ ...read, args: [{ index: 0, value: -1, op: 'SCMP_CMP_EQ' }] }] },
        { ...allow, syscalls: [{ ...read, args: [{ index: 0, value: 1.5, op: 'SCMP_CMP_EQ' }] }] },
      ].map((seccomp) => ({ linux: { seccomp } })),
      { linux: { resources: { cpu: { idle: 2 } } } },
      { linux: { resources: { blockIO: { weight: 1001 } } } },
      { linux: { resources: { unified: { 'cgroup.procs': '1' } } } },
    ];
    for (const change of refused)
      assert.equal(parse(change).diagnostics.length, 1, JSON.stringify(change));
  });
});
