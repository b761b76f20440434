import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { TerrariumError } from '../../../../src/core/errors';
import { signalNumber, signalProcess } from '../../../../src/helper/processes/signalProcess';

const target = (hostPid: number | undefined, still = true) => ({
  hostPidOf: () => Promise.resolve(hostPid),
  isStill: () => still,
});

const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;

describe('signalProcess', () => {
  it('signals the host PID', async () => {
    const sent: number[][] = [];
    await signalProcess(target(4711), 5, '100', 'SIGTERM', (...args) => sent.push(args));
    assert.deepEqual(sent, [[4711, constants.signals.SIGTERM]]);
  });

  it('sends nothing where no process has this PID and start time', async () => {
    const kill = () => assert.fail('signalled');
    await assert.rejects(
      signalProcess(target(undefined), 5, '100', 'SIGTERM', kill),
      code('process-gone'),
    );
  });

  it('sends nothing where the PID was reused since the process was found', async () => {
    const kill = () => assert.fail('signalled');
    await assert.rejects(
      signalProcess(target(4711, false), 5, '100', 'SIGKILL', kill),
      code('process-gone'),
    );
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
      const kill = () => assert.fail('signalled');
      await assert.rejects(
        signalProcess(target(4711), 5, '100', signal, kill),
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
