/** timeLimit: who waits is told in time, or where another signal aborts first. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { timeLimit } from '../../../src/core/timeLimit';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Nothing but the listener knows of the signal, as with events.once. */
function reasonOf(ms: number, signal?: AbortSignal): Promise<Error> {
  return new Promise((resolve) => {
    const limit = timeLimit(ms, signal);
    limit.addEventListener('abort', () => resolve(limit.reason as Error));
  });
}

describe('timeLimit', () => {
  for (const [what, signal] of [
    ['alone', undefined],
    ['beside a signal', new AbortController().signal],
  ] as const)
    it(`ends a wait ${what}, though garbage is collected meanwhile`, async () => {
      const reason = reasonOf(100, signal);
      for (let times = 0; times < 3; times++) {
        await setImmediate();
        collectGarbage();
      }
      assert.equal((await reason).name, 'TimeoutError');
    });

  it('aborts with the other signal, for its reason', async () => {
    const controller = new AbortController();
    const reason = reasonOf(60_000, controller.signal);
    controller.abort(new Error('no more'));
    assert.equal((await reason).message, 'no more');
    assert.throws(() => timeLimit(60_000, controller.signal).throwIfAborted(), /no more/);
  });
});
