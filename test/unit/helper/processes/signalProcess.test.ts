import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { TerrariumError } from '../../../../src/core/errors';
import { signalNumber, signalProcess } from '../../../../src/helper/processes/signalProcess';
import type { Unheard } from '../../../../src/protocol/messages';

/** By default nothing says that the signal does nothing. */
const target = (hostPid: number | undefined, still = true, unheard?: Unheard) => ({
  hostPidOf: () => hostPid,
  isStill: () => still,
  unheardBy: () => Promise.resolve(unheard),
});
const never = () => assert.fail('signalled');

const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;

describe('signalProcess', () => {
  it('signals the host PID', async () => {
    const sent: number[][] = [];
    await signalProcess(
      target(4711),
      ...([5, '100', 'SIGTERM'] as const),
      (...args) => void sent.push(args),
    );
    assert.deepEqual(sent, [[4711, constants.signals.SIGTERM]]);
  });

  it('sends nothing where no process has this PID and start time', async () => {
    await assert.rejects(
      signalProcess(target(undefined), 5, '100', 'SIGTERM', never),
      code('process-gone'),
    );
  });

  it('sends nothing where the PID was reused since the process was found', async () => {
    await assert.rejects(
      signalProcess(target(4711, false), 5, '100', 'SIGKILL', never),
      code('process-gone'),
    );
  });

  it('makes sure of it last, right before it sends', async () => {
    const done: string[] = [];
    const recorded = {
      hostPidOf: () => 4711,
      unheardBy: async () => {
        await Promise.resolve();
        done.push('looked');
        return undefined;
      },
      isStill: () => done.push('made sure') > 0,
    };
    await signalProcess(recorded, 5, '100', 'SIGTERM', () => void done.push('sent'));
    assert.deepEqual(done, ['looked', 'made sure', 'sent']);
  });

  it('sends none to a zombie, and says why one does nothing', async () => {
    const sent: number[] = [];
    for (const unheard of ['ended', 'init', 'ignored', 'stopped'] as const) {
      const told = target(4711, true, unheard);
      const send = (hostPid: number) => void sent.push(hostPid);
      assert.equal(await signalProcess(told, 5, '100', 'SIGTERM', send), unheard);
    }
    assert.equal(sent.length, 3);
  });

  for (const signal of [
    'SIGFOO',
    'TERM',
    'sigterm',
    '9',
    '',
    'SIGRTMIN+31',
    'SIGRTMIN+0',
    'toString',
  ]) {
    it(`rejects “${signal}”, which is no signal`, async () => {
      await assert.rejects(
        signalProcess(target(4711), 5, '100', signal, never),
        code('unknown-signal'),
      );
    });
  }

  it('knows the real-time signals', () => {
    assert.deepEqual(['SIGRTMIN', 'SIGRTMIN+3', 'SIGRTMIN+30'].map(signalNumber), [34, 37, 64]);
  });

  for (const [errno, expected] of [
    ['ESRCH', 'process-gone'],
    ['EPERM', 'signal-refused'],
  ] as const) {
    it(`explains ${errno} of kill(2)`, async () => {
      const kill = () => {
        throw Object.assign(new Error(errno), { code: errno });
      };
      await assert.rejects(signalProcess(target(4711), 5, '100', 'SIGTERM', kill), code(expected));
    });
  }
});
