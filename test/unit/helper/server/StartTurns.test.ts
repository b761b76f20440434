import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { StartTurns } from '../../../../src/helper/server/StartTurns';

describe('StartTurns', () => {
  const never = new AbortController().signal;

  /** Asks for so many; the ends of those whose turn has come, in that order. */
  function ask(turns: StartTurns, count: number, signal = never) {
    const begun: { index: number; end: () => void }[] = [];
    for (let index = 0; index < count; index++)
      void turns.take(signal).then((end) => begun.push({ index, end }));
    return begun;
  }

  it('lets as many go on at once as it was told, and the next when one ends', async () => {
    const begun = ask(new StartTurns(2), 4);
    await setImmediate();
    assert.deepEqual(
      begun.map(({ index }) => index),
      [0, 1],
    );
    begun[0]!.end();
    begun[0]!.end(); // the second call ends nothing else
    await setImmediate();
    assert.deepEqual(
      begun.map(({ index }) => index),
      [0, 1, 2],
    );
  });

  it('lets the next go on where one does not end', async () => {
    const turns = new StartTurns(1);
    await turns.take(never);
    const end = await turns.take(never); // mocha's time limit is the assertion
    end();
  });

  it('does not keep one waiting that is cancelled', async () => {
    const turns = new StartTurns(1);
    const end = await turns.take(never);
    const cancel = new AbortController();
    const [cancelled] = [turns.take(cancel.signal)];
    cancel.abort();
    (await cancelled)();
    const begun = ask(turns, 1);
    await setImmediate();
    assert.equal(begun.length, 0, 'the first still has its turn');
    end();
    await setImmediate();
    assert.equal(begun.length, 1);
    begun[0]!.end();
  });
});
