// A start that waits: what it answers who lets it on, and who does not.
import assert from 'node:assert/strict';
import { TerrariumError } from '../../../../src/core/errors';
import type { StepwisePlan } from '../../../../src/core/sequence/stepwise';
import { StepwiseStart } from '../../../../src/helper/server/StepwiseStart';

const names = ['join', 'unshare', 'proc', 'mask', 'payload'];
const plan: StepwisePlan = {
  steps: names.map((id) => ({
    ...{ id, where: 'host', kind: 'mkdir' },
    ...{ folder: `/${id}`, why: `makes ${id}` },
  })),
  gates: [0, 0, 2, 3, 4],
  firsts: [0, 2, 3, 4],
  ...{ byHand: false, toldTogether: [], plannedGates: () => [] },
  shellFrom: 2,
  ownRootFrom: undefined,
  calls: () => names.map((id) => [{ call: `mkdir("/${id}", 0755)`, answer: '0' }]),
};
const told = (answer: string) => [{ name: 'mkdir', answer }];
const all = { isDone: () => true, answers: () => told('0') };

describe('StepwiseStart', () => {
  let log: string[];
  let start: StepwiseStart;
  beforeEach(() => {
    log = [];
    start = new StepwiseStart(
      'box',
      () => log.push(start.waitsAt ? `waits ${start.waitsAt.next}` : 'goes on'),
      () => Promise.resolve(void log.push('shells end')),
    );
    start.planned(plan);
  });

  /** As an engine goes through its gates. */
  async function carryOut(isDone: (index: number) => boolean = all.isDone) {
    for (const next of [0, 2, 3, 4]) await start.reached(next, { ...all, isDone });
    start.ended();
  }

  it('waits before the first step, and answers with what was carried out since', async () => {
    void carryOut((index) => index !== 3);
    await start.begun;
    assert.deepEqual(start.waitsAt, { next: 0, gate: 0, gates: 4 });
    const first = await start.advance(1);
    assert.deepEqual(first.waitsAt, { next: 2, gate: 1, gates: 4 }, 'both that go together');
    assert.deepEqual(
      first.results.map(({ index }) => index),
      [0, 1],
    );
    assert.deepEqual(await start.advance(2), { results: [], waitsAt: first.waitsAt });
    const rest = await start.advance(5);
    assert.equal(rest.waitsAt, undefined);
    assert.deepEqual(rest.results, [
      { index: 2, calls: [{ call: 'mkdir("/proc", 0755)', answer: '0' }] },
      { index: 3, calls: [], skipped: true },
      { index: 4, calls: [{ call: 'mkdir("/payload", 0755)', answer: '0' }] },
    ]);
    assert.deepEqual(log, ['waits 0', 'goes on', 'waits 2', 'goes on', 'shells end']);
    await assert.rejects(start.advance(5), { code: 'steps-over' });
  });

  it('lets nobody on twice, and to no step that is none', async () => {
    void carryOut();
    await start.begun;
    const advanced = start.advance(3);
    await assert.rejects(start.advance(4), { code: 'steps-go-on' });
    assert.equal((await advanced).waitsAt?.next, 3);
    await assert.rejects(start.advance(6), { code: 'no-such-step' });
  });

  it('names the step that failed, or the one that it was let on to', async () => {
    void start.reached(0, all);
    const advanced = start.advance(5);
    void start.reached(2, all);
    start.failed({ call: { name: 'mkdir', times: 1, answer: '-1 EEXIST (File exists)' } });
    start.ended(new TerrariumError('step-failed', 'It failed.', 'Do it better.'));
    const { results } = await advanced;
    assert.deepEqual(results.at(-1), {
      index: 2,
      calls: [{ call: 'mkdir("/proc", 0755)', answer: '-1 EEXIST (File exists)' }],
      failure: 'It failed. Do it better.',
    });
    assert.equal(results.length, 3);
  });

  it('has what the kernel has answered, and marks what nobody tells', async () => {
    const answers = (index: number) => (index === 2 ? told('7') : []);
    void start.reached(0, { ...all, answers });
    const advanced = start.advance(3);
    void start.reached(2, { ...all, answers });
    void start.reached(3, { ...all, answers });
    const { results } = await advanced;
    assert.deepEqual(results.slice(1), [
      { index: 1, calls: [{ call: 'mkdir("/unshare", 0755)', answer: '0', isExpected: true }] },
      { index: 2, calls: [{ call: 'mkdir("/proc", 0755)', answer: '7' }] },
    ]);
  });

  it('tells who lets it on that it was cancelled', async () => {
    void start.reached(0, all);
    const advanced = start.advance(5);
    start.ended(new TerrariumError('cancelled', 'It was cancelled.', 'Nothing is left of it.'));
    await assert.rejects(advanced, { code: 'cancelled' });
  });

  it('begins the program only when a shell that is being opened is there, and has ended', async () => {
    let open!: () => void;
    void start.reached(0, all);
    void start.advance(5);
    start.opens(new Promise<void>((resolve) => (open = resolve)).then(() => log.push('is open')));
    const last = start.reached(4, all);
    open();
    await last;
    assert.deepEqual(log.slice(-2), ['is open', 'shells end']);
  });

  it('says why no shell can be opened yet, and up to which step', () => {
    assert.throws(() => new StepwiseStart('box', assert.fail, assert.fail).stepsOf, {
      code: 'no-steps',
    });
    void start.reached(0, all);
    assert.throws(() => start.waitingPid1(), {
      code: 'no-pid1-yet',
      message: /waits before its step 1 of 4\. Run the steps up to step 1 first: “makes unshare”/,
    });
    assert.match(start.notRunning().message, /does not run yet.*Run the rest of its steps first/);
  });
});
