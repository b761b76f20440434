// A thread that a process holds up is replaced, and what it was asked is asked anew.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TerrariumError } from '../../../../src/core/errors';
import { ReaderThread } from '../../../../src/helper/processes/ReaderThread';

const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;

/**
 * Stands for the helper's own thread, in which a read is held up: this one reads a FIFO into which nobody
 * writes. `held` says of which process it says to read, by how many processes are avoided already.
 */
const program = (fifo: string, held: string) => `
const { parentPort, workerData: { waiting, avoid } } = require('node:worker_threads');
const { openSync, readSync } = require('node:fs');
const held = (${held})(avoid.length);
parentPort.on('message', ({ number, signal }) => {
  Atomics.store(waiting, 1, 1);
  Atomics.store(waiting, 0, held);
  if (held) readSync(openSync(${JSON.stringify(fifo)}, 'r+'), Buffer.alloc(1));
  const unheard = signal ? { unheard: 'stopped' } : {};
  parentPort.postMessage({ number, done: true, ...unheard });
});
`;

describe('ReaderThread', function () {
  this.timeout(20_000);
  let folder: string;
  let fifo: string;
  let procfs: number;
  let open: number;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-thread-'));
    fifo = path.join(folder, 'fifo');
    assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
    procfs = openSync('/proc', constants.O_RDONLY | constants.O_DIRECTORY);
    open = openSync(fifo, 'r+');
  });
  afterEach(() => {
    writeSync(open, Buffer.alloc(64)); // lets every thread go
    closeSync(open);
    closeSync(procfs);
    rmSync(folder, { recursive: true });
  });
  const reader = (held: string) => {
    const file = path.join(folder, 'thread.cjs');
    writeFileSync(file, program(fifo, held));
    return new ReaderThread({ procfs, hostPid: process.pid, program: file, watchMs: 20 });
  };

  it('asks another thread where one is held up, which knows by whom', async () => {
    const thread = reader('(avoided) => (avoided === 0 ? 4711 : 0)');
    assert.equal(await thread.signal(5, '100', 'SIGTERM'), 'stopped');
    await thread.renice(5, '100', 3);
    thread.close();
  });

  it('gives up where one thread after the other is held up, and begins no more of them', async () => {
    const thread = reader('(avoided) => 4711 + avoided');
    await assert.rejects(thread.signal(5, '100', 'SIGTERM'), code('reader-held-up'));
    await assert.rejects(thread.renice(5, '100', 3), code('reader-held-up'));
    thread.close();
  });

  it('says of a container that has ended that its processes have', async () => {
    const thread = reader('() => 4711');
    const waiting = assert.rejects(thread.signal(5, '100', 'SIGTERM'), code('process-gone'));
    thread.close();
    await waiting;
    await assert.rejects(thread.signal(5, '100', 'SIGTERM'), code('process-gone'));
    await assert.rejects(thread.renice(5, '100', 3), code('process-gone'));
  });
});
