// A start that waits before each step, against a helper that is made up.
import assert from 'node:assert/strict';
import type { ContainerInfo } from '../../../../../src/protocol/container';
import type { PlannedStep } from '../../../../../src/protocol/messages';
import type { HelperLink } from '../../../../../src/ui/services/HelperLink';
import { SteppedStart } from '../../../../../src/ui/lessons/steps/SteppedStart';
import { snapshot } from '../../../core/lesson/snapshots';

const helperPid = 10;
const initPid = 20;

const step = (id: string, gate: number): PlannedStep => ({
  ...{ id, gate, where: 'host', command: id, why: id, calls: [] },
});

/** Steps 1 and 2 are carried out together, and make PID 1. */
const steps = [step('cgroup', 0), step('unshare', 1), step('session', 1), step('payload', 3)];

interface Fake {
  readonly start: SteppedStart;
  /** What it was asked for. */
  readonly asked: string[];
  /** What it says of the container. */
  now: ContainerInfo | undefined;
}

/** @param fails the step that fails */
function fake(fails?: number): Fake {
  const began: ContainerInfo = {
    ...{ id: '0123456789abcdef', bundle: '/b', name: 'b', console: 'c', startedAt: 1 },
    ...{ state: 'starting', privilege: 'root', engine: 'builtin' },
    waitsAt: { next: 0, of: steps.length },
  };
  const asked: string[] = [];
  let next = 0;
  const advance = (to: number) => {
    const indices = steps.map((_, index) => index).slice(next, to);
    const failed = fails !== undefined && indices.includes(fails);
    next = to;
    const isOver = failed || to === steps.length;
    one.now = {
      ...began,
      state: failed ? 'stopped' : isOver ? 'running' : 'starting',
      ...(to > 1 && { hostPid: initPid }),
    };
    const results = indices.map((index) => ({
      ...{ index, calls: [] },
      ...(index === fails && { failure: 'No.' }),
    }));
    return { results, ...(!isOver && { waitsAt: { next, of: steps.length } }) };
  };
  const request = ((name: string, params: { to?: number; pid?: number }) => {
    asked.push([name, params.to ?? params.pid ?? ''].join(' ').trim());
    return Promise.resolve(
      name === 'advance'
        ? advance(params.to!)
        : name === 'takeSnapshot'
          ? { snapshot: snapshot({ pid: params.pid! }) }
          : {},
    );
  }) as unknown as HelperLink['request'];
  const hello = { version: '1', pid: helperPid, privilege: 'root' as const, uid: 0 };
  const link = { hello, request };
  const one: Fake = {
    ...{ start: new SteppedStart(link, () => one.now, began, steps), asked, now: began },
  };
  return one;
}

describe('a start that goes step by step', () => {
  it('carries out one step at a time, and those together that go together', async () => {
    const { start, asked } = fake();
    assert.deepEqual([start.state, start.nextSteps], ['waits', [0]]);
    await start.advance();
    assert.deepEqual([start.state, start.nextSteps], ['waits', [1, 2]]);
    await start.advance();
    assert.deepEqual([start.state, start.nextSteps], ['waits', [3]]);
    await start.advance();
    assert.deepEqual([start.state, start.nextSteps], ['runs', []]);
    assert.deepEqual(
      asked.filter((one) => one.startsWith('advance')),
      ['advance 1', 'advance 3', 'advance 4'],
    );
  });

  it('compares PID 1 with the helper where it was not there before, and later with itself', async () => {
    const { start } = fake();
    const pids = async () =>
      (await start.advance()).map(({ isTogether, pid, before, after }) => [
        ...[isTogether, pid, before?.pid, after?.pid],
      ]);
    assert.deepEqual(await pids(), [[false, undefined, undefined, undefined]]);
    assert.deepEqual(await pids(), [
      [true, undefined, undefined, undefined],
      [false, initPid, helperPid, initPid],
    ]);
    assert.deepEqual(await pids(), [[false, initPid, initPid, initPid]]);
  });

  it('is over where a step has failed', async () => {
    const { start } = fake(1);
    await start.advance();
    const [outcome] = await start.advance();
    assert.equal(outcome?.failure, 'No.');
    assert.equal(start.state, 'failed');
  });

  it('is over where it was ended, its helper is gone, or the bundle was started anew', () => {
    for (const change of [{ state: 'stopped' as const }, { startedAt: 2 }]) {
      const one = fake();
      one.now = { ...one.now!, ...change };
      assert.equal(one.start.state, 'ended');
    }
    const one = fake();
    one.now = undefined;
    assert.equal(one.start.state, 'ended');
  });

  it('is cancelled while it waits, and never once its program runs', async () => {
    const one = fake();
    await one.start.cancel();
    assert.deepEqual(one.asked, ['stop']);
    const other = fake();
    for (let at = 0; at < 3; at++) await other.start.advance();
    await other.start.cancel();
    assert.ok(!other.asked.includes('stop'));
  });
});
