// Plans that are kept: of the same bundle and the same facts once, and of nothing else.
import assert from 'node:assert/strict';
import type { Bundle } from '../../../../../src/core/bundle/loadBundle';
import { startingPoints } from '../../../../../src/core/config/templates';
import type { HostFacts } from '../../../../../src/core/sequence/hostFacts';
import { planStart } from '../../../../../src/core/sequence/planStart';
import { keptPlans } from '../../../../../src/helper/engine/builtin/keptPlans';
import { encodedPlan, preparedPlan } from '../../../../../src/helper/engine/builtin/preparedPlan';

const config = startingPoints.find(({ id }) => id === 'safe')!.config('box');
const bundle = (name = 'box'): Bundle => ({
  ...{ path: `/srv/${name}`, name, rootfs: `/srv/${name}/rootfs` },
  config: structuredClone(config),
});
const facts = (more: Partial<HostFacts> = {}): HostFacts => ({
  ...{ privilege: 'root', machine: 'x64', uid: 0, gid: 0, cgroups: 'v2', tty: '/dev/pts/1' },
  ...{ devices: new Map(), sources: new Map(), flags: new Map() },
  ...more,
});

describe('keptPlans', () => {
  let planned: number;
  const kept = () => {
    planned = 0;
    return keptPlans((...words) => {
      planned++;
      return planStart(...words);
    });
  };

  it('plans the same start once', () => {
    const plan = kept();
    const first = plan(bundle(), facts());
    assert.equal(plan(bundle(), facts()), first);
    assert.deepEqual(first, planStart(bundle(), facts()));
    assert.equal(planned, 1);
  });

  it('knows the objects that it has had, and the same content in others', () => {
    const plan = kept();
    const [one, machine] = [bundle(), facts()];
    const first = plan(one, machine);
    assert.equal(plan(one, machine), first);
    assert.equal(plan(one, facts()), first);
    assert.notEqual(plan(bundle('other'), machine), first);
    assert.equal(planned, 2);
  });

  it('plans anew what differs in one word of a map, of config.json, or of the terminal', () => {
    const plan = kept();
    plan(bundle(), facts());
    plan(bundle(), facts({ devices: new Map([['/dev/fuse', 'c 10:229']]) }));
    plan(bundle(), facts({ tty: '/dev/pts/2' }));
    const other = bundle();
    other.config.process.env.push('A=1');
    assert.ok(plan(other, facts()).env.includes('A=1'));
    assert.equal(planned, 4);
  });

  it('forgets those that were started longest ago', () => {
    const plan = kept();
    for (let number = 0; number < 9; number++) plan(bundle(`box${number}`), facts());
    plan(bundle('box8'), facts());
    assert.equal(planned, 9);
    plan(bundle('box0'), facts());
    assert.equal(planned, 10);
  });
});

describe('encodedPlan', () => {
  it('is made once, and anew for another terminal or tool', () => {
    const plan = planStart(bundle(), facts());
    const given = { rootfs: '/srv/box/rootfs', uid: 0, gid: 0, tty: '/dev/pts/1' };
    const first = encodedPlan(plan, given, {});
    assert.equal(encodedPlan(plan, given, {}), first);
    const other = encodedPlan(plan, { ...given, tty: '/dev/pts/7' }, {});
    assert.ok(other.includes('tty\0/dev/pts/7\0'));
    assert.ok(!first.includes('/dev/pts/7'));
    assert.notEqual(encodedPlan(plan, given, { newuidmap: '/opt/newuidmap' }), first);
  });
});

describe('preparedPlan', () => {
  it('is made once for a plan', () => {
    const plan = planStart(bundle(), facts());
    assert.equal(preparedPlan(bundle(), plan), preparedPlan(bundle(), plan));
  });
});
