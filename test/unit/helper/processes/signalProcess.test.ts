import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { TerrariumError } from '../../../../src/core/errors';
import {
  type Sender,
  signalNumber,
  signalProcess,
} from '../../../../src/helper/processes/signalProcess';
import type { Unheard } from '../../../../src/protocol/messages';

const target = (hostPid: number | undefined, still = true) => ({
  hostPidOf: () => Promise.resolve(hostPid),
  isStill: () => still,
});

/** Nothing says that the signal does nothing. */
const sender = (kill: Sender['kill'], unheard?: Unheard): Sender => ({
  kill,
  unheardBy: () => unheard,
});
const never = sender(() => assert.fail('signalled'));

const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;

describe('signalProcess', () => {
  it('signals the host PID', async () => {
    const sent: number[][] = [];
    await signalProcess(
      target(4711),
      ...([5, '100', 'SIGTERM'] as const),
      sender((...args) => void sent.push(args)),
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

  it('sends none to a zombie, and says why one does nothing', async () => {
    const sent: number[] = [];
    for (const unheard of ['ended', 'init', 'ignored', 'stopped'] as const) {
      const told = sender((hostPid) => void sent.push(hostPid), unheard);
      assert.equal(await signalProcess(target(4711), 5, '100', 'SIGTERM', told), unheard);
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
      await assert.rejects(
        signalProcess(target(4711), 5, '100', 'SIGTERM', sender(kill)),
        code(expected),
      );
    });
  }
});
