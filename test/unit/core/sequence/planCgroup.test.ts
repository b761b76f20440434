/** The steps that make a container's cgroup, and what keeps it from being made. */
import assert from 'node:assert/strict';
import type { CgroupFacts, CgroupState } from '../../../../src/core/cgroup/cgroupFacts';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { displayCommand } from '../../../../src/core/sequence/commandLine';
import { planCgroup } from '../../../../src/core/sequence/planCgroup';

const config = (linux: object) =>
  parseConfig(
    JSON.stringify({ ociVersion: '1.0.2', process: { args: ['/bin/sh'], cwd: '/' }, linux }),
  ).config!;
const state = (change: Partial<CgroupState> = {}): CgroupState => ({
  ...{ controllers: ['cpu', 'memory', 'pids'], enabled: [], processes: false, populated: false },
  ...change,
});
const facts = (
  there: Record<string, CgroupState> = { '': state({ processes: true, populated: true }) },
  change: Partial<CgroupFacts> = {},
): CgroupFacts => ({
  ...{ layout: 'v2', mount: '/sys/fs/cgroup', base: '', name: 'terrarium-1-2-3' },
  there: new Map(Object.entries(there)),
  ...change,
});
/** Where none can be made. */
const nowhere: CgroupFacts = {
  ...{ layout: 'v2', mount: '/sys/fs/cgroup', name: 'terrarium-1-2-3', there: new Map() },
};
const plan = (linux: object, given: CgroupFacts = facts()) =>
  planCgroup({ config: config(linux), name: 'box' }, given, 'script');
const commands = (linux: object, given?: CgroupFacts) => {
  const planned = plan(linux, given);
  assert.ok(planned && 'steps' in planned);
  return [...planned.steps, ...planned.last].map(displayCommand);
};
const pids = { resources: { pids: { limit: 10 } } };

describe('planCgroup', () => {
  it('makes none where the file asks for none', () => {
    assert.equal(plan({}), undefined);
    assert.equal(plan({ cgroupsPath: 'a.slice:b:c' }), undefined);
    assert.equal(plan({ resources: { devices: [{ allow: false }] } }), undefined);
  });

  describe('with a filter of devices', () => {
    const devices = { resources: { devices: [{ allow: false }] } };
    const filter = (linux: object, given: CgroupFacts = facts()) => {
      const planned = planCgroup({ config: config(linux), name: 'box' }, given);
      assert.ok(planned && 'steps' in planned);
      return planned.steps.find(({ kind }) => kind === 'deviceFilter');
    };

    it('attaches it before PID 1 is there', () => {
      assert.deepEqual(displayCommand(filter(devices)!).split(' ').slice(0, 5), [
        ...['bpftool', 'cgroup', 'attach', '/sys/fs/cgroup/terrarium-1-2-3', 'device'],
      ]);
    });

    it('takes the place of the one that an earlier start has left at a cgroup of the person’s', () => {
      const replaces = (given?: CgroupFacts) => {
        const step = filter({ ...devices, cgroupsPath: '/mine' }, given);
        return step?.kind === 'deviceFilter' && step.replaces;
      };
      assert.deepEqual(
        [replaces(), replaces(facts({ '': state(), '/mine': state() }))],
        [...[false, true]],
      );
    });

    it('warns in a user namespace, whose root may load none', () => {
      const given = facts(undefined, { ofNamespace: true });
      const planned = [devices, { ...devices, cgroupsPath: '/mine' }].map((linux) =>
        planCgroup({ config: config(linux), name: 'box' }, given),
      );
      for (const one of planned) assert.match(one!.warnings!.join(), /root of a user namespace/);
      assert.deepEqual(
        planned.map((one) => one && 'steps' in one && one.steps.map(({ id }) => id)),
        [false, ['make-cgroup:/mine', 'enter-cgroup']],
      );
    });

    it('needs no cgroup for it without root, and warns where there is none', () => {
      const bundle = { config: config(devices), name: 'box' };
      assert.equal(planCgroup(bundle, facts(), 'program', 'rootless'), undefined);
      const planned = planCgroup(bundle, nowhere);
      assert.ok(planned && 'warnings' in planned);
      assert.match(
        planned.warnings?.join() ?? '',
        /^linux\.resources\.devices is not carried out: /,
      );
    });
  });

  describe('of an init, which makes cgroups itself', () => {
    const init = (process: object, given: CgroupFacts = facts()) =>
      planCgroup(
        {
          config: {
            ...config({}),
            process: { ...config({}).process, args: ['/lib/systemd/systemd'], ...process },
          },
          name: 'box',
        },
        given,
      );

    it('makes one, so that those below it go with the container', () => {
      const planned = init({});
      assert.ok(planned && 'made' in planned);
      assert.deepEqual(planned.made, ['/sys/fs/cgroup/terrarium-1-2-3']);
    });

    it('makes none for one that may mount nothing, or where none can be had', () => {
      assert.equal(init({ capabilities: { bounding: ['CAP_KILL'] } }), undefined);
      assert.equal(init({}, nowhere), undefined);
      assert.equal(init({}, { ...nowhere, readOnly: true }), undefined);
    });
  });

  it('says that the tree is read-only where a limit needs one', () => {
    assert.throws(() => plan(pids, { ...nowhere, readOnly: true }), {
      code: 'cgroup-read-only',
      message: /\/sys\/fs\/cgroup is mounted read-only/,
    });
  });

  it('hands controllers down, limits, enters, and bounds processes when the start needs no more', () => {
    const resources = { memory: { limit: 4096 }, pids: { limit: 10 } };
    assert.deepEqual(commands({ cgroupsPath: 'lab/one', resources }), [
      "printf '%s\\n' '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control",
      'mkdir /sys/fs/cgroup/terrarium',
      "printf '%s\\n' '+memory +pids' > /sys/fs/cgroup/terrarium/cgroup.subtree_control",
      'mkdir /sys/fs/cgroup/terrarium/lab',
      "printf '%s\\n' '+memory +pids' > /sys/fs/cgroup/terrarium/lab/cgroup.subtree_control",
      'mkdir /sys/fs/cgroup/terrarium/lab/one',
      "printf '%s\\n' 4096 > /sys/fs/cgroup/terrarium/lab/one/memory.max",
      "printf '%s\\n' 0 > /sys/fs/cgroup/terrarium/lab/one/cgroup.procs",
      "printf '%s\\n' 11 > /sys/fs/cgroup/terrarium/lab/one/pids.max",
    ]);
  });

  it('needs no controller for how many cgroups there may be below its own', () => {
    const bare = { '': state({ controllers: [], processes: true, populated: true }) };
    const resources = { unified: { 'cgroup.max.depth': '2' } };
    assert.deepEqual(commands({ cgroupsPath: '/one', resources }, facts(bare)), [
      'mkdir /sys/fs/cgroup/one',
      "printf '%s\\n' 2 > /sys/fs/cgroup/one/cgroup.max.depth",
      "printf '%s\\n' 0 > /sys/fs/cgroup/one/cgroup.procs",
    ]);
  });

  it('lets the start itself run at full speed: its share of time is cut last', () => {
    const planned = plan({ resources: { cpu: { quota: 1000, burst: 500, shares: 2 } } });
    assert.ok(planned && 'last' in planned);
    assert.deepEqual(
      planned.last.map(({ id }) => id),
      ['cgroup:cpu.max', 'cgroup:cpu.max.burst'],
    );
  });

  it('takes an absolute path as it is, and the helper’s name where there is none', () => {
    assert.deepEqual(commands({ cgroupsPath: '/one' })[0], 'mkdir /sys/fs/cgroup/one');
    assert.ok(commands(pids).includes('mkdir /sys/fs/cgroup/terrarium-1-2-3'));
  });

  it('leaves alone what is enabled and there already', () => {
    const there = {
      '': state({ enabled: ['pids', 'memory'], processes: true, populated: true }),
      '/one': state(),
    };
    const planned = plan({ ...pids, cgroupsPath: '/one' }, facts(there));
    assert.ok(planned && 'steps' in planned);
    assert.deepEqual(
      planned.steps.map(({ id }) => id),
      ['enter-cgroup'],
    );
    assert.deepEqual(planned.made, []);
  });

  it('remembers what it makes, outermost first', () => {
    const planned = plan({ cgroupsPath: 'a' });
    assert.ok(planned && 'made' in planned);
    assert.deepEqual(planned.made, ['/sys/fs/cgroup/terrarium', '/sys/fs/cgroup/terrarium/a']);
  });

  const refused = (code: string, linux: object, given: CgroupFacts) =>
    assert.throws(() => plan(linux, given), { code });

  it('refuses one with processes in it or below it (26)', () => {
    const there = { '': state(), '/one': state({ populated: true }) };
    refused('cgroup-not-empty', { cgroupsPath: '/one' }, facts(there));
  });

  it('refuses a limit whose controller is missing, by its name', () => {
    const there = { '': state({ controllers: ['hugetlb'] }) };
    assert.throws(
      () => plan(pids, facts(there, { layout: 'hybrid' })),
      /limit of “pids”.*version 1.*"runc"/,
    );
  });

  it('refuses a limit that a cgroup with processes of its own would have to hand down', () => {
    const there = { '/user': state({ processes: true, populated: true }) };
    refused('cgroup-busy', pids, facts(there, { base: '/user' }));
  });

  it('stays below what is delegated', () => {
    const given = facts({ '/user': state() }, { base: '/user' });
    assert.deepEqual(
      commands({ cgroupsPath: 'a' }, given)[0],
      'mkdir /sys/fs/cgroup/user/terrarium',
    );
    refused('cgroup-place', { cgroupsPath: '/user2/a' }, given);
    refused('cgroup-place', { cgroupsPath: '/a' }, given);
  });

  it('refuses limits where nothing is delegated or mounted, and goes on without a mere place', () => {
    const unmounted: CgroupFacts = { layout: 'v1', name: 'terrarium-1-2-3', there: new Map() };
    const nothing: CgroupFacts = { ...unmounted, layout: 'v2', mount: '/sys/fs/cgroup' };
    refused('cgroup-delegation', pids, nothing);
    refused('cgroup-v2-missing', pids, unmounted);
    for (const given of [nothing, unmounted]) {
      const planned = plan({ cgroupsPath: 'a' }, given);
      assert.ok(planned && 'warnings' in planned);
      assert.match(planned.warnings?.join() ?? '', /^linux\.cgroupsPath is not carried out: /);
    }
  });
});
