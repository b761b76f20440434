/** What becomes of a task of terrarium-init that cannot be spawned. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { endOfInit } from '../../../../src/helper/host/runInit';

describe('endOfInit', () => {
  it('tells why there were no descriptors for a child', async () => {
    const child = new EventEmitter() as ChildProcess;
    process.nextTick(() => child.emit('error', new Error('spawn EMFILE')));
    await assert.rejects(endOfInit(child, Buffer.from('x')), /^Error: spawn EMFILE$/);
  });
});
