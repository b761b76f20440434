// A whole tree is signalled although it forks meanwhile.
import assert from 'node:assert/strict';
import { TerrariumError } from '../../../../src/core/errors';
import { signalTree } from '../../../../src/helper/processes/signalTree';
import type { ProcessInfo } from '../../../../src/protocol/processes';
import { processInfo } from '../../processInfo';

function box(reads: readonly ProcessInfo[][]) {
  const sent: string[] = [];
  let at = 0;
  const target = {
    read: () => Promise.resolve(reads[Math.min(at++, reads.length - 1)]!),
    signal: (pid: number, _startTime: string, signal: string) => {
      if (pid === 66) return Promise.reject(new TerrariumError('process-gone', 'Gone.', ''));
      sent.push(`${signal} ${pid}`);
      return Promise.resolve();
    },
  };
  return { sent, signal: (name: string) => signalTree(target, 2, '102', name) };
}

const [init, shell, child, other] = [
  processInfo(1),
  processInfo(2, { ppid: 1 }),
  processInfo(5, { ppid: 2 }),
  processInfo(9, { ppid: 1 }),
];

describe('signalTree', () => {
  it('stops all first, also what a look later finds, then signals the children before the parents', async () => {
    const late = processInfo(7, { ppid: 5 });
    const { sent, signal } = box([
      [init, shell, child, other],
      [init, shell, child, late, other],
    ]);
    assert.equal(await signal('SIGKILL'), 3);
    assert.deepEqual(sent, [
      'SIGSTOP 2',
      'SIGSTOP 5',
      'SIGSTOP 7',
      'SIGKILL 7',
      'SIGKILL 5',
      'SIGKILL 2',
    ]);
  });

  it('lets them go on where the signal can be caught', async () => {
    const { sent, signal } = box([[init, shell]]);
    await signal('SIGTERM');
    assert.deepEqual(sent, ['SIGSTOP 2', 'SIGTERM 2', 'SIGCONT 2']);
  });

  it('passes over what has ended meanwhile', async () => {
    const { sent, signal } = box([[shell, processInfo(66, { ppid: 2 })]]);
    await signal('SIGKILL');
    assert.deepEqual(sent, ['SIGSTOP 2', 'SIGKILL 2']);
  });

  it('is finite where a peer says that processes are each other’s parents', async () => {
    const { signal } = box([[{ ...shell, ppid: 5 }, child]]);
    assert.equal(await signal('SIGKILL'), 2);
  });
});
