// A start that waits before each step, against a helper that is made up.
import assert from 'node:assert/strict';
import type { ContainerInfo } from '../../../../../src/protocol/container';
import type { Result } from '../../../../../src/protocol/messages';
import { SteppedStart, type StepsLink } from '../../../../../src/ui/lessons/steps/SteppedStart';
import { snapshot } from '../../../core/lesson/snapshots';

const helperPid = 10;
const initPid = 20;
const childPid = 30;

/** What a request may be told. */
interface Asked {
  readonly to?: number;
  readonly pid?: number;
  readonly child?: boolean;
}

const names = ['cgroup', 'unshare', 'session', 'payload'];

/** Steps 1 and 2 are carried out together, and make PID 1. */
const firsts = [0, 1, 3];
const plan: Result<'stepsOf'> = {
  steps: names.map((id) => ({ id, where: 'host', command: id, why: id })),
  gates: firsts.map((first) => ({ first, part: 'namespaces', commands: [] })),
  ...{ byHand: false, shellFrom: 3 },
};

interface Fake {
  readonly start: SteppedStart;
  /** What it was asked for. */
  readonly asked: string[];
  /** Says that the container has changed. */
  readonly tell: (change: Partial<ContainerInfo>) => void;
  /** The helper goes. */
  readonly close: () => void;
}

const began: ContainerInfo = {
  ...{ id: '0123456789abcdef', bundle: '/b', name: 'b', console: 'c', startedAt: 1 },
  ...{ state: 'starting', privilege: 'root', engine: 'builtin' },
  waitsAt: { next: 0, gate: 0, gates: 3 },
};

/** @param fails the step that fails */
async function fake(fails?: number, byHand = false): Promise<Fake> {
  const asked: string[] = [];
  let tell: Fake['tell'] = () => undefined;
  let close = () => undefined as void;
  let next = 0;
  const advance = (to: number) => {
    const indices = names.map((_, index) => index).slice(next, to);
    const hasFailed = fails !== undefined && indices.includes(fails);
    next = to;
    const isOver = hasFailed || to === names.length;
    const state = hasFailed ? 'stopped' : isOver ? 'running' : 'starting';
    tell({ state, ...(to > 1 && !hasFailed && { hostPid: initPid }) });
    const results = indices.map((index) => ({
      ...{ index, calls: [] },
      ...(index === fails && { failure: 'No.' }),
    }));
    return { results, ...(!isOver && { waitsAt: { next, gate: firsts.indexOf(next), gates: 3 } }) };
  };
  const answers: Record<string, (params: Asked) => unknown> = {
    stepsOf: () => ({ ...plan, byHand }),
    advance: ({ to }) => advance(to!),
    takeSnapshot: ({ pid, child }) => ({ snapshot: snapshot({ pid: child ? childPid : pid! }) }),
    stop: () => ({}),
  };
  const link = {
    hello: { version: '1', pid: helperPid, privilege: 'root', uid: 0 },
    request: (name: string, params: Asked) => {
      asked.push([name, params.to ?? params.pid ?? ''].join(' ').trim());
      return Promise.resolve(answers[name]!(params));
    },
    onNotification: (_: string, listener: (info: ContainerInfo) => void) => {
      tell = (change) => listener({ ...began, ...change });
      return () => (tell = () => undefined);
    },
    closed: new Promise<void>((resolve) => (close = resolve)),
  } as unknown as StepsLink;
  const start = await SteppedStart.of(link, began);
  return { start, asked, tell: (change) => tell(change), close: () => close() };
}

describe('a start that goes step by step', () => {
  it('by hand reads the program beside PID 1, when it has started it', async () => {
    const { start } = await fake(undefined, true);
    assert.equal((await start.advance()).program, undefined);
    assert.equal((await start.advance()).program, undefined);
    const { isProgramChild, after, program } = await start.advance();
    assert.deepEqual([isProgramChild, after?.pid, program?.pid], [true, initPid, childPid]);
  });

  it('carries out one step at a time, and those together that go together', async () => {
    const { start, asked } = await fake();
    for (const next of [0, 1, 2]) {
      assert.deepEqual([start.state, start.next], ['waits', next]);
      await start.advance();
    }
    assert.deepEqual([start.state, start.next], ['runs', 3]);
    assert.deepEqual(
      asked.filter((one) => one.startsWith('advance')),
      ['advance 1', 'advance 3', 'advance 4'],
    );
  });

  it('compares PID 1 with the helper where it was not there before, and later with itself', async () => {
    const { start } = await fake();
    const told = async () => {
      const { steps, pid, before, after } = await start.advance();
      return [steps.map(({ why }) => why).join(), pid, before?.pid, after?.pid];
    };
    assert.deepEqual(await told(), ['cgroup', undefined, undefined, undefined]);
    assert.deepEqual(await told(), ['unshare,session', initPid, helperPid, initPid]);
    assert.deepEqual(await told(), ['payload', initPid, initPid, initPid]);
  });

  it('is over where a step has failed', async () => {
    const { start } = await fake(1);
    await start.advance();
    const { steps } = await start.advance();
    assert.equal(steps[0]?.failure, 'No.');
    assert.equal(start.state, 'failed');
  });

  it('is over where it was ended, and does not take a later start of the bundle for itself', async () => {
    const { start, tell } = await fake();
    tell({ id: 'fedcba9876543210', state: 'stopped' });
    assert.equal(start.state, 'waits');
    tell({ state: 'stopped' });
    tell({ state: 'starting', startedAt: 2 });
    assert.equal(start.state, 'ended');
  });

  it('is over where its helper is gone', async () => {
    const { start, close } = await fake();
    close();
    await new Promise(setImmediate);
    assert.equal(start.state, 'ended');
  });

  it('is cancelled while it waits, and never once its program runs', async () => {
    const one = await fake();
    await one.start.cancel();
    assert.deepEqual(one.asked, ['stepsOf', 'stop']);
    const other = await fake();
    for (let at = 0; at < 3; at++) await other.start.advance();
    await other.start.cancel();
    assert.ok(!other.asked.includes('stop'));
  });
});
