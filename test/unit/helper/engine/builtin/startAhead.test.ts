// A start that begins with the plan of the one before: it goes on with the same plan, and ends for any other.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { startingPoints } from '../../../../../src/core/config/templates';
import { planStart } from '../../../../../src/core/sequence/planStart';
import type { HostFacts } from '../../../../../src/core/sequence/hostFacts';
import type { StartPlan } from '../../../../../src/core/sequence/step';
import { StartsAhead } from '../../../../../src/helper/engine/builtin/startAhead';

const facts: HostFacts = {
  ...{ privilege: 'root', machine: 'x64', uid: 0, gid: 0, cgroups: 'v2', tty: '/dev/pts/1' },
  ...{ devices: new Map(), sources: new Map(), flags: new Map() },
};
const config = startingPoints.find(({ id }) => id === 'safe')!.config('box');
// As it comes from the thread that looks: what V8 writes down of an array depends on how it was made.
const bundle = structuredClone({ path: '/box', name: 'box', rootfs: '/box/rootfs', config });
const plan = planStart(bundle, facts);
const [one, other] = [Buffer.from('one'), Buffer.from('other')];

describe('StartsAhead', () => {
  const process = () => ({
    ...{ printed: new PassThrough(), reports: new PassThrough(), words: new PassThrough() },
    result: Promise.resolve({}),
  });
  let begun: { readonly plan: Buffer; readonly process: ReturnType<typeof process> }[];
  let starts: StartsAhead;
  beforeEach(() => {
    begun = [];
    starts = new StartsAhead(() => ({
      pipes: [new PassThrough(), new PassThrough(), new PassThrough(), new PassThrough()] as never,
      carryOut: (of) => {
        begun.push({ plan: of, process: process() });
        return begun.at(-1)!.process;
      },
    }));
  });
  const start = (encoded: Buffer, of: StartPlan = plan, folder = '/box', terminal = '/dev/pts/1') =>
    starts.begin(folder, terminal).goOn(bundle, of, encoded);

  it('begins with what the last start of that folder was', () => {
    assert.equal(start(one), undefined);
    assert.equal(start(one, plan, '/another'), undefined);
    assert.equal(begun.length, 0);
    const process = start(Buffer.from(one));
    assert.deepEqual(begun[0]!.plan, one);
    assert.equal(process, begun[0]!.process);
    assert.equal(begun[0]!.process.words.destroyed, false);
  });

  const said = (of: ReturnType<typeof process>) => (of.words.read() as Buffer | null)?.toString();

  it('lets PID 1 on where the bundle is the same, and once', () => {
    start(one);
    const same = starts.begin('/box', '/dev/pts/1');
    same.letOn(structuredClone(bundle));
    assert.equal(said(begun[0]!.process), 'm');
    assert.equal(same.goOn(bundle, plan, one), begun[0]!.process);
    assert.equal(said(begun[0]!.process), undefined);
  });

  it('lets PID 1 on with the new plan alone where the bundle is another, or has something of the machine', () => {
    const mount = { destination: '/srv', type: 'none', source: '/srv', options: ['bind'] };
    const device = { path: '/dev/fuse', type: 'c' as const, major: 10, minor: 229 };
    const binds = { ...bundle, config: { ...config, mounts: [...config.mounts, mount] } };
    const hasDevice = {
      ...bundle,
      config: { ...config, linux: { ...config.linux, devices: [device] } },
    };
    const kept: [typeof bundle, typeof bundle][] = [
      [bundle, { ...bundle, rootfs: '/box/other' }],
      [binds, binds],
      [hasDevice, hasDevice],
    ];
    for (const [then, now] of kept) {
      starts.begin('/box', '/dev/pts/1').goOn(then, plan, one);
      const ahead = starts.begin('/box', '/dev/pts/1');
      const { process } = begun.at(-1)!;
      ahead.letOn(now);
      assert.equal(said(process), undefined);
      assert.equal(ahead.goOn(now, plan, one), process);
      assert.equal(said(process), 'm');
    }
  });

  it('begins on another terminal with a plan that has its name', () => {
    const words = (terminal: string) => Buffer.from(`tty\0${terminal}\0args\0/dev/pts/10\0`);
    start(words('/dev/pts/1'));
    const process = start(words('/dev/pts/12'), plan, '/box', '/dev/pts/12');
    assert.deepEqual(begun[0]!.plan, words('/dev/pts/12'));
    assert.equal(process, begun[0]!.process);
  });

  it('ends what has begun with another plan, and begins with the new one then', () => {
    start(one);
    assert.equal(start(other), undefined);
    assert.equal(begun[0]!.process.words.destroyed, true);
    assert.equal(start(other), begun[1]!.process);
  });

  it('ends what a start does not come to, and nothing that has gone on', () => {
    start(one);
    starts.begin('/box', '/dev/pts/1').end();
    assert.equal(begun[0]!.process.words.destroyed, true);
    const ahead = starts.begin('/box', '/dev/pts/1');
    assert.equal(ahead.goOn(bundle, plan, one), begun[1]!.process);
    ahead.end();
    assert.equal(begun[1]!.process.words.destroyed, false);
  });

  it('keeps no plan that makes, enters or locks something before PID 1 is there', () => {
    const cgroup = { folder: '/sys/fs/cgroup/box', isThere: false, steps: [], last: [] };
    const [bind] = plan.rootfs;
    const overlay = { ...bind!, kind: 'overlay', layer: '.terrarium', options: [] } as const;
    const kinds: Partial<StartPlan>[] = [
      { cgroup: cgroup as never },
      { join: { ...plan.session, kind: 'join', paths: [['network', '/run/netns/box']] } as never },
      { rootfs: [overlay] },
    ];
    for (const kind of kinds) {
      start(one);
      start(one, { ...plan, ...kind });
      const { length } = begun;
      start(one, { ...plan, ...kind });
      assert.equal(begun.length, length, JSON.stringify(Object.keys(kind)));
    }
  });

  it('keeps a few plans, and no long one', () => {
    for (let n = 0; n < 40; n++) start(one, plan, `/box${n}`);
    start(one, plan, '/box39');
    start(one, plan, '/box0');
    assert.equal(begun.length, 1);
    start(Buffer.alloc(64 * 1024 + 1), plan, '/long');
    start(Buffer.alloc(64 * 1024 + 1), plan, '/long');
    assert.equal(begun.length, 1);
  });
});
