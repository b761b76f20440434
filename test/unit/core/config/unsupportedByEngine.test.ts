/** What each version of runc and crun drops without a message: the table, and where it is said. */
import assert from 'node:assert/strict';
import {
  type EngineFacts,
  engineFacts,
  parseFeatures,
  parseVersion,
} from '../../../../src/core/config/engineFacts';
import { findingsOf } from '../../../../src/core/diagnostics/findings';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import {
  compareVersions,
  unsupportedByEngine,
} from '../../../../src/core/config/unsupportedByEngine';

const all = {
  ociVersion: '1.0.2',
  domainname: 'lab',
  process: {
    ...{
      args: ['/bin/sh'],
      cwd: '/',
      execCPUAffinity: {},
      scheduler: { policy: 'SCHED_IDLE' },
      ioPriority: { class: 'IOPRIO_CLASS_IDLE' },
    },
  },
  mounts: [
    { destination: '/proc', type: 'proc', options: ['nosymfollow'] },
    {
      ...{ destination: '/mnt', type: 'bind', source: '/srv', uidMappings: [], gidMappings: [] },
      options: ['rbind', 'ro', 'nosymfollow', 'ridmap'],
    },
  ],
  linux: {
    namespaces: [{ type: 'mount' }, { type: 'pid' }, { type: 'time' }],
    ...{ timeOffsets: {}, personality: {}, netDevices: {}, memoryPolicy: {}, intelRdt: {} },
    mountLabel: 'x',
    resources: { rdma: {}, cpu: { idle: 1, burst: 1000 } },
  },
};

const config = (document: object = all) => parseConfig(JSON.stringify(document)).config!;
const places = (engine: Partial<EngineFacts> & Pick<EngineFacts, 'name' | 'version'>) =>
  unsupportedByEngine(config(), { selinux: false, ...engine }).map(({ path }) => path.join('.'));

/** As `runc features` of 1.1.5 has it, and later ones. */
const runcOptions = new Set(['bind', 'rbind', 'ro', 'nosymfollow']);

describe('what an engine drops without a message', () => {
  for (const [rootfsPropagation, dropped] of [
    [undefined, ['0.shared', '1.unbindable', '2.runbindable']],
    ['rprivate', ['0.shared', '1.unbindable', '2.runbindable']],
    ['rslave', ['0.shared', '3.shared']],
    ['rshared', ['1.unbindable', '2.runbindable']],
    ['runbindable', ['0.shared']],
    ...['private', 'slave', 'shared', 'unbindable'].map((one) => [one, []] as const),
  ] as const)
    it(`is propagation of a mount for crun, as measured with 1.8.1 (${rootfsPropagation})`, () => {
      const mount = (destination: string, type: string, option: string) => ({
        ...{ destination, type, source: '/srv', options: ['ro', option] },
      });
      const document = {
        ...{ ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' } },
        mounts: [
          mount('/a', 'tmpfs', 'shared'),
          mount('/b', 'tmpfs', 'unbindable'),
          mount('/c', 'bind', 'runbindable'),
          mount('/d', 'bind', 'shared'),
          mount('/e', 'tmpfs', 'private'),
        ],
        linux: { namespaces: [{ type: 'mount' }], rootfsPropagation },
      };
      const said = (name: 'runc' | 'crun') =>
        unsupportedByEngine(config(document), { name, version: '1.8.1', selinux: false });
      assert.deepEqual(
        said('crun').map(({ path, message }) => `${path[1]}.${/drops "(\w+)"/.exec(message)?.[1]}`),
        dropped,
      );
      assert.deepEqual(
        said('runc').filter(({ path }) => path[2] === 'options'),
        [],
      );
    });

  it('is for runc 1.1 as it was measured', () => {
    const mountOptions = runcOptions;
    const namespaces = new Set(['mount', 'pid']);
    assert.deepEqual(places({ name: 'runc', version: '1.1.5', mountOptions, namespaces }), [
      'domainname',
      'process.scheduler',
      'process.ioPriority',
      'process.execCPUAffinity',
      'linux.timeOffsets',
      'linux.personality',
      'linux.netDevices',
      'linux.memoryPolicy',
      'linux.resources.cpu.idle',
      'linux.resources.cpu.burst',
      'mounts.1.uidMappings',
      'mounts.1.gidMappings',
      'mounts.1.options.3',
      'linux.namespaces.2',
    ]);
  });

  it('is for crun 1.8.1 as it was measured', () => {
    assert.deepEqual(places({ name: 'crun', version: '1.8.1' }), [
      'process.scheduler',
      'process.ioPriority',
      'process.execCPUAffinity',
      'linux.timeOffsets',
      'linux.netDevices',
      'linux.memoryPolicy',
      'linux.intelRdt',
      'linux.resources.rdma',
      'linux.resources.cpu.burst',
      'linux.mountLabel',
      'mounts.1.options.2',
      'mounts.1.options.3',
      'linux.namespaces.2',
    ]);
  });

  it('becomes less with later versions, and follows what they say of themselves', () => {
    const mountOptions = new Set([...runcOptions, 'ridmap']);
    const namespaces = new Set(['time']);
    assert.deepEqual(places({ name: 'runc', version: '1.2.0', mountOptions, namespaces }), [
      'process.execCPUAffinity',
      'linux.netDevices',
      'linux.memoryPolicy',
    ]);
    assert.deepEqual(places({ name: 'runc', version: '1.4.0', mountOptions, namespaces }), []);
    assert.deepEqual(
      places({ name: 'crun', version: '1.18.2', mountOptions, namespaces, selinux: true }),
      ['process.execCPUAffinity', 'linux.netDevices', 'linux.memoryPolicy'],
    );
    assert.deepEqual(
      places({ name: 'crun', version: '1.19', mountOptions, namespaces, selinux: true }),
      [],
    );
  });

  it('says what else an engine makes of an option for all mounts below', () => {
    const options = ['rbind', 'rro', 'rrelatime', 'rnorelatime', 'rnoatime', 'ratime', 'rdiratime'];
    const document = {
      ...{ ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' } },
      mounts: [{ destination: '/mnt', type: 'bind', source: '/srv', options }],
    };
    const said = (name: 'runc' | 'crun', version: string) =>
      unsupportedByEngine(config(document), { name, version, selinux: false });
    assert.deepEqual(
      said('crun', '1.8.1').map(({ path }) => options[Number(path.at(-1))]),
      ['rrelatime', 'rnoatime', 'ratime', 'rdiratime'],
    );
    const [first, second] = said('crun', '1.8.1').map(({ message }) => message);
    assert.equal(
      first,
      'mounts[0].options[2] is not carried out: crun 1.8.1 sets "rnosymfollow" for "rrelatime", so no symlink there works. Remove the option, or use runc.',
    );
    assert.equal(
      second,
      'mounts[0].options[4] makes the start fail: crun 1.8.1 sets "rnoatime" in a way that the kernel refuses. Remove the option, or use runc.',
    );
    const [only, ...others] = said('runc', '1.1.5').map(({ message }) => message);
    assert.match(only!, /^mounts\[0\]\.options\[5\] .*"ratime".*, or use runc 1\.4\.1 or later\.$/);
    assert.deepEqual(others, []);
    assert.deepEqual(said('runc', '1.4.1'), []);
  });

  it('is not guessed where the engine says no version', () => {
    assert.deepEqual(places({ name: 'runc', version: undefined }), []);
  });

  it('is nothing for a bundle of ours', () => {
    const plain = config({ ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' } });
    for (const engine of [
      { name: 'runc', version: '1.1.5' },
      { name: 'crun', version: '1.8.1' },
    ] as const)
      assert.deepEqual(unsupportedByEngine(plain, { ...engine, selinux: false }), []);
  });

  it('names the key, the version, and what carries it out', () => {
    const [first] = unsupportedByEngine(config(), {
      ...{ name: 'runc', version: '1.1.5', selinux: false },
    });
    assert.equal(
      first?.message,
      'domainname is not carried out: runc 1.1.5 drops it without a message. Use runc 1.2 or later, or the built-in engine (remove the annotation dev.terrarium.engine).',
    );
    const time = unsupportedByEngine(config(), {
      ...{ name: 'crun', version: '1.8.1', selinux: false },
    }).at(-1);
    assert.match(
      time?.message ?? '',
      /^linux\.namespaces\[2\] makes the start fail: crun 1\.8\.1 cannot .* pid namespace\. Use crun 1\.8\.4/,
    );
  });

  it('stands in config.json on the line of the key, for that engine alone', async () => {
    const engineOf = (name: 'runc' | 'crun') =>
      Promise.resolve({ name, version: name === 'runc' ? '1.1.5' : '1.8.1', selinux: false });
    const found = async (engine: string) => {
      const annotations = { 'dev.terrarium.engine': engine };
      const text = JSON.stringify({ ...all, linux: {}, mounts: [], annotations });
      const findings = await findingsOf(text, '/no/such/folder/config.json', 'root', { engineOf });
      return findings
        .filter(({ code }) => code === 'engine-unsupported')
        .map(({ offset, length }) => text.slice(offset, offset + length));
    };
    assert.deepEqual(await found('runc'), [
      '"lab"',
      '"scheduler"',
      '"ioPriority"',
      '"execCPUAffinity"',
    ]);
    assert.deepEqual(await found('crun'), ['"scheduler"', '"ioPriority"', '"execCPUAffinity"']);
    assert.deepEqual(await found('builtin'), []);
  });
});

describe('engineFacts', () => {
  it('reads the version that an engine prints', () => {
    assert.equal(parseVersion('runc version 1.1.5+ds1\ncommit: 1\nspec: 1.0.2-dev'), '1.1.5');
    assert.equal(parseVersion('runc version 1.2.0-rc.1\n'), '1.2.0');
    assert.equal(parseVersion('crun version 1.8.1\ncommit: f\nspec: 1.0.0'), '1.8.1');
    assert.equal(parseVersion('crun version 1.14\n'), '1.14');
    assert.equal(parseVersion('crun version UNKNOWN\n'), undefined);
    assert.equal(parseVersion(''), undefined);
  });

  it('takes from features what has the right form, and nothing from an error', () => {
    const text = JSON.stringify({ mountOptions: ['ro'], linux: { namespaces: ['pid'] } });
    const { mountOptions, namespaces } = parseFeatures(text);
    assert.deepEqual([...mountOptions!, ...namespaces!], ['ro', 'pid']);
    assert.deepEqual(parseFeatures(''), {});
    assert.deepEqual(parseFeatures('{"mountOptions":7}'), {});
  });

  it('answers in any case, and knows no version of what is not there', async () => {
    for (const name of ['runc', 'crun'] as const) {
      const { version } = await engineFacts(name);
      assert.ok(version === undefined || /^\d+\.\d+/.test(version), version);
    }
  });

  it('orders versions by their numbers', () => {
    assert.ok(compareVersions('1.10', '1.9.2') > 0);
    assert.equal(compareVersions('1.2', '1.2.0'), 0);
    assert.ok(compareVersions('1.1.15', '1.2') < 0);
  });
});
