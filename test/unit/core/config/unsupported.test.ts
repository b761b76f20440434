/** What the built-in engine leaves out, and keys that mean nothing: said, with their places. */
import assert from 'node:assert/strict';
import { findingsOf } from '../../../../src/core/diagnostics/findings';
import { configJsonSchema } from '../../../../src/core/config/jsonSchema';
import type { StartWay } from '../../../../src/core/config/startWay';
import { unsupported } from '../../../../src/core/config/unsupported';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { configWarnings } from '../../../../src/core/config/configWarnings';

const minimal = { ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' } };
const parsed = (change: object) => parseConfig(JSON.stringify({ ...minimal, ...change }));
const places = (change: object, cgroups?: 'v2' | 'hybrid', way?: StartWay) =>
  unsupported(parsed(change).config!, cgroups, 'root', way).map(({ path }) => path.join('.'));

describe('unsupported', () => {
  it('is empty where the engine does all that the file says', () => {
    assert.deepEqual(places({ hostname: 'box', linux: { namespaces: [{ type: 'uts' }] } }), []);
  });

  it('names system call filters and units of systemd by their place', () => {
    const linux = {
      seccomp: { defaultAction: 'SCMP_ACT_ALLOW' },
      resources: { pids: { limit: 1 } },
      cgroupsPath: 'a.slice:b:c',
    };
    const inScript = unsupported(parsed({ linux }).config!, undefined, 'root', 'script');
    assert.deepEqual(
      inScript.map(({ path }) => path.join('.')),
      ['linux.seccomp', 'linux.cgroupsPath'],
    );
    assert.deepEqual(places({ linux }), ['linux.cgroupsPath']);
  });

  it('says once that devices are not filtered without root, whatever number of rules there is', () => {
    const deny = { allow: false, access: 'rwm' };
    const allow = { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' };
    const linux = { resources: { devices: [deny, allow, allow] } };
    assert.deepEqual(places({ linux }), []);
    const { config } = parsed({ linux });
    assert.deepEqual(
      unsupported(config!, undefined, 'rootless').map(({ path }) => path.join('.')),
      ['linux.resources.devices'],
    );
  });

  it('names each limit that cgroup v2 has not, and 0, which stands for none', () => {
    const resources = {
      memory: { limit: 0, swappiness: 10, disableOOMKiller: true, useHierarchy: false },
      cpu: { realtimeRuntime: 1000, quota: 0, period: 0, shares: 0 },
      blockIO: { weight: 0 },
      network: { classID: 1 },
    };
    assert.deepEqual(places({ linux: { resources } }), [
      'linux.resources.network',
      'linux.resources.memory.swappiness',
      'linux.resources.memory.useHierarchy',
      'linux.resources.memory.disableOOMKiller',
      'linux.resources.cpu.realtimeRuntime',
      'linux.resources.memory.limit',
      'linux.resources.cpu.quota',
      'linux.resources.cpu.shares',
      'linux.resources.cpu.period',
      'linux.resources.blockIO.weight',
    ]);
  });

  it('says so of a cgroup mount only where the machine has no cgroup v2 alone', () => {
    const mounts = [{ destination: '/sys/fs/cgroup', type: 'cgroup' }];
    assert.deepEqual(places({ mounts }, 'v2'), []);
    assert.deepEqual(places({ mounts }, 'hybrid'), ['mounts.0']);
  });

  it('says that ids are mapped in a user namespace only, which there is rootless', () => {
    const map = [{ containerID: 0, hostID: 1000, size: 1 }];
    const linux = { uidMappings: map, gidMappings: map };
    assert.deepEqual(places({ linux }), ['linux.uidMappings', 'linux.gidMappings']);
    assert.deepEqual(places({ linux: { ...linux, namespaces: [{ type: 'user' }] } }), []);
    assert.deepEqual(unsupported(parsed({ linux }).config!, undefined, 'rootless'), []);
  });

  it('points at the options that do nothing to a bind', () => {
    const options = ['rbind', 'rprivate', 'defaults', 'ro', 'nosuid', 'noatime', 'size=1m', 'sync'];
    const mount = { destination: '/a', source: '/srv', options };
    assert.deepEqual(places({ mounts: [mount] }), ['mounts.0.options.6', 'mounts.0.options.7']);
    assert.deepEqual(
      places({ mounts: [{ ...mount, type: 'tmpfs', options: ['size=1m', 'sync'] }] }),
      [],
    );
  });

  it('says so of a usual device that is asked for in another way', () => {
    const usual = { type: 'c', path: '/dev/null', major: 1, minor: 3, fileMode: 438 };
    const devices = [
      ...[usual, { ...usual, type: 'u' }, { ...usual, path: '/dev/fuse', major: 10, minor: 229 }],
      ...[
        { ...usual, minor: 5 },
        { ...usual, fileMode: 384 },
        { ...usual, uid: 1000 },
      ],
      { type: 'b', path: '/dev/./tty', major: 5, minor: 0 },
    ];
    assert.deepEqual(
      places({ linux: { devices } }),
      [3, 4, 5, 6].map((index) => `linux.devices.${index}`),
    );
  });

  it('says so of a device in whose place something else is', () => {
    const [fuse, ptmx] = ['/dev/fuse', '/dev/pts/ptmx'].map((path, index) => ({
      ...{ path, type: 'c', major: index ? 5 : 10, minor: index ? 2 : 229 },
    }));
    const devices = [
      fuse,
      fuse,
      ptmx,
      { ...ptmx, minor: 3 },
      { ...ptmx, path: '/dev/ptmx', minor: 3 },
    ];
    const devpts = { destination: '/dev/pts/', type: 'devpts' };
    const bind = { destination: '/dev/./fuse', source: '/dev/fuse', options: ['bind'] };
    const at = (...mounts: object[]) =>
      places({ mounts, linux: { devices } }).map((place) => Number(place.split('.').at(-1)));
    assert.deepEqual(at(devpts), [1, 3, 4]);
    assert.deepEqual(at(devpts, bind), [0, 1, 3, 4]);
    assert.deepEqual(at({ destination: '/dev', type: 'tmpfs' }), [1, 3, 4]);
    // A later mount has nothing of an earlier one below it.
    assert.deepEqual(at(bind, { destination: '/dev', type: 'tmpfs' }), [1, 3, 4]);
  });

  it('says which ambient capabilities the kernel takes from a user again', () => {
    const capabilities = { bounding: ['CAP_KILL'], inheritable: [], ambient: ['CAP_KILL'] };
    const as = (uid: number, more = {}) =>
      places({
        process: { ...minimal.process, user: { uid }, capabilities: { ...capabilities, ...more } },
      });
    assert.deepEqual(as(1000), ['process.capabilities.ambient.0']);
    assert.deepEqual(as(1000, { inheritable: ['CAP_KILL'] }), []);
  });

  it('says of a bind that no mount of the container travels to this machine', () => {
    const mounts = ['rslave', 'shared', 'private'].map((option, index) => ({
      ...{ destination: `/a${index}`, type: 'bind', source: '/b' },
      options: ['rbind', option],
    }));
    const own = { destination: '/own', type: 'tmpfs', source: 'tmpfs', options: ['shared'] };
    assert.deepEqual(places({ mounts: [...mounts, own] }), ['mounts.1.options.1']);
    assert.deepEqual(places({ mounts: [...mounts, own] }, undefined, 'script'), [
      'mounts.0.options.1',
      'mounts.1.options.1',
    ]);
  });

  it('points at the one option that mount(8) does not know', () => {
    const mounts = [{ destination: '/a', type: 'tmpfs', options: ['nosuid', 'tmpcopyup'] }];
    assert.deepEqual(places({ mounts }), []);
    assert.deepEqual(places({ mounts }, undefined, 'script'), ['mounts.0.options.1']);
  });

  it('says nothing where another engine does it', () => {
    const annotations = { 'dev.terrarium.engine': 'runc' };
    assert.deepEqual(
      places({ annotations, linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } } }),
      [],
    );
  });
});

describe('configWarnings', () => {
  const pid = { namespaces: [{ type: 'mount' }, { type: 'pid' }] };
  const at = (change: object) =>
    configWarnings(parsed(change).config!).map(({ path }) => path.join('.'));

  it('are none of a container as the starting points make it', () => {
    assert.deepEqual(at({ linux: pid }), []);
  });

  it('say what it is to have no pid namespace, under a runtime too', () => {
    const said = (change: object) =>
      configWarnings(parsed(change).config!).map(({ message }) => message);
    const goesOn = /what PID 1 and shells leave in the background goes on after it\.$/;
    const [builtin, ...none] = said({});
    assert.deepEqual(none, []);
    assert.match(builtin!, /shows every process of this machine/);
    assert.match(builtin!, goesOn);
    const process = { ...minimal.process, capabilities: {} };
    const [runc] = said({ annotations: { 'dev.terrarium.engine': 'runc' }, process });
    assert.match(runc!, /with root a \/proc inside shows runc as process 1 .* without root/);
    assert.match(runc!, goesOn);
  });

  it('say that a runtime gives no capabilities where the file does not', () => {
    const annotations = { 'dev.terrarium.engine': 'crun' };
    assert.deepEqual(at({ annotations, linux: pid }), ['process']);
    const process = { ...minimal.process, capabilities: {} };
    assert.deepEqual(at({ annotations, process, linux: pid }), []);
  });

  it('say that under a runtime too no mount leaves a container', () => {
    const annotations = { 'dev.terrarium.engine': 'runc' };
    const process = { ...minimal.process, capabilities: {} };
    const having = (rootfsPropagation: string) =>
      at({ annotations, process, linux: { ...pid, rootfsPropagation } });
    assert.deepEqual(having('rshared'), ['linux.rootfsPropagation']);
    assert.deepEqual(having('rslave'), []);
  });

  it('name a slave bind through which nothing comes, as crun begins', () => {
    const process = { ...minimal.process, capabilities: {} };
    const mounts = [
      { destination: '/a', type: 'bind', source: '/b', options: ['rbind', 'rslave'] },
    ];
    const having = (engine: string, linux: object = {}) =>
      at({
        ...{ annotations: { 'dev.terrarium.engine': engine }, process, mounts },
        linux: { ...pid, ...linux },
      });
    assert.deepEqual(having('crun'), ['mounts.0.options.1']);
    assert.deepEqual(having('crun', { rootfsPropagation: 'rslave' }), []);
    assert.deepEqual(having('runc'), []);
    assert.deepEqual(having('runc', { rootfsPropagation: 'private' }), ['mounts.0.options.1']);
  });

  it('say whose /proc a runtime binds', () => {
    const annotations = { 'dev.terrarium.engine': 'runc' };
    const process = { ...minimal.process, capabilities: {} };
    const mounts = ['/proc', '/proc/sys/', '/procession', 'proc'].map((source, index) => ({
      ...{ destination: `/a${index}`, type: 'bind', source, options: ['rbind'] },
    }));
    assert.deepEqual(at({ annotations, process, mounts, linux: pid }), ['mounts.0', 'mounts.1']);
    assert.deepEqual(at({ process, mounts, linux: pid }), []);
  });

  it('name an annotation that is misspelt, or means nothing beside another', () => {
    const annotations = { 'dev.terrarium.rot': 'chroot', 'org.example': 'x' };
    assert.deepEqual(at({ annotations, linux: pid }), ['annotations.dev.terrarium.rot']);
    const both = { 'dev.terrarium.root': 'chroot', 'dev.terrarium.engine': 'runc' };
    const process = { ...minimal.process, capabilities: {} };
    assert.deepEqual(at({ annotations: both, process, linux: pid }), [
      'annotations.dev.terrarium.root',
    ]);
  });
});

describe('ignored keys', () => {
  it('are those that the schema drops, outermost only, wherever they are', () => {
    const { ignored } = parsed({
      linux: { netDevicez: { eth0: {} }, namespaces: [{ type: 'pid', extra: 1 }] },
      annotations: { any: 'thing' },
      windows: {},
    });
    assert.deepEqual(ignored, [
      ['linux', 'netDevicez'],
      ['linux', 'namespaces', 0, 'extra'],
    ]);
  });
});

describe('what is said of a key that Terrarium does not know', () => {
  for (const [engine, expected] of [
    ['builtin', /keyOfOurs is a key .* it does nothing here/],
    ['runc', /keyOfOurs is a key .* runc is given it as it stands/],
  ] as const)
    it(`is true under ${engine}`, async () => {
      const annotations = { 'dev.terrarium.engine': engine };
      const text = JSON.stringify({ ...minimal, keyOfOurs: 1, annotations });
      const found = await findingsOf(text, '/no/such/folder/config.json', 'root');
      const ignored = found.find(({ code }) => code === 'key-ignored')!;
      assert.match(ignored.message, expected);
      assert.equal(text.slice(ignored.offset, ignored.offset + ignored.length), '"keyOfOurs"');
    });
});

describe('configJsonSchema', () => {
  it('describes the keys of the file, and applies to no other config.json', () => {
    const schema = configJsonSchema() as {
      if: { required: string[] };
      then: { properties: Record<string, unknown> };
    };
    assert.deepEqual(schema.if.required, ['ociVersion']);
    for (const key of ['process', 'root', 'mounts', 'linux', 'hostname', 'annotations'])
      assert.ok(key in schema.then.properties, key);
    assert.doesNotThrow(() => JSON.stringify(schema));
  });

  it('offers what can be written, and leaves what is wrong to the findings', () => {
    const text = JSON.stringify(configJsonSchema());
    for (const word of [
      '"CAP_SYS_ADMIN"',
      '"crun"',
      '"pivot_root"',
      '"rbind"',
      '"tmpfs"',
      '"user"',
    ])
      assert.ok(text.includes(word), word);
    const { then } = JSON.parse(text) as { then: object };
    assert.doesNotMatch(
      JSON.stringify(then),
      /"(?:pattern|enum|allOf|required|maximum|minLength)":/,
    );
  });
});
