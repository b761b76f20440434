// The thread that looks at files: what it answers, and who answers when it cannot.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommandError } from '../../../../src/core/bundle/checkCommand';
import { startingPoints } from '../../../../src/core/config/templates';
import { TerrariumError } from '../../../../src/core/errors';
import { LooksThread } from '../../../../src/helper/engine/LooksThread';
import type { StartLooks } from '../../../../src/helper/engine/shared/StartLooks';

const notHere = () => Promise.reject(new Error('not by the thread'));
const none: StartLooks = {
  open: notHere,
  openForStart: notHere,
  checkCommand: notHere,
  accounts: notHere,
  gatherFacts: notHere,
  emulationFacts: notHere,
  rootfsWarnings: notHere,
  latestWarnings: notHere,
  verifyStart: notHere,
};

/**
 * Plays looksThreadMain.ts: a folder named "slow" holds it up, "failing" fails. A start has a further answer, which
 * does not come where the folder is "ending".
 */
const program = `
const { parentPort } = require('node:worker_threads');
let kept = 0;
const stopped = new Int32Array(new SharedArrayBuffer(4));
parentPort.on('message', ({ number, look, words: [words] }) => {
  const folder = words.rootfs ?? words;
  const key = String(number);
  if (look === 'openForStart') {
    parentPort.postMessage({ key, value: { bundle: { path: folder } }, further: ['lookFurther'] });
    if (folder !== 'ending') parentPort.postMessage({ key: key + '.lookFurther', value: { facts: 'there' }, further: [] });
  }
  if (folder === 'slow') Atomics.wait(stopped, 0, 0, 1500);
  if (folder === 'ending') process.exit(1);
  const isOfCommand = look === 'checkCommand';
  const failure = { code: 'some-code', problem: 'It failed.', remedy: 'Do better.', isOfCommand };
  if (look === 'openForStart') return;
  if (folder === 'kept' || folder === 'anew') kept++;
  if (folder === 'kept' && kept > 1) return parentPort.postMessage({ key, slot: 7, isKept: true });
  if (folder === 'kept' || folder === 'anew') return parentPort.postMessage({ key, slot: 7, value: { kept } });
  parentPort.postMessage(folder === 'failing' ? { key, failure } : { key, value: { path: folder } });
});
parentPort.postMessage({ key: '0' });
`;

describe('LooksThread', function () {
  this.timeout(20_000);
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'terrarium-'));
    file = path.join(folder, 'thread.js');
    await writeFile(file, program);
  });
  after(() => rm(folder, { recursive: true }));

  /** @returns a thread that answers by now */
  async function ready(otherwise: Partial<StartLooks>, limit?: number) {
    let isReady = false;
    const here = (of: string) =>
      isReady && otherwise.open ? otherwise.open(of, 'bundle') : Promise.reject(new Error('soon'));
    const thread = new LooksThread({ ...none, ...otherwise, open: here }, file, limit);
    thread.begin();
    while (!(await thread.open('x', 'bundle').then(Boolean, () => false)))
      await new Promise((resolve) => setImmediate(resolve));
    isReady = true;
    return thread;
  }

  it('answers, and with the errors of the looks', async () => {
    const thread = await ready({});
    assert.deepEqual(await thread.open('a', 'bundle'), { path: 'a' });
    await assert.rejects(
      thread.open('failing', 'bundle'),
      (error) =>
        error instanceof TerrariumError &&
        !(error instanceof CommandError) &&
        error.code === 'some-code',
    );
    const accounts: unknown = await thread.accounts('a');
    assert.deepEqual(accounts, { path: 'a' });
    const bundle = { rootfs: 'failing', config: startingPoints[1]!.config('box') };
    await assert.rejects(
      thread.checkCommand(bundle, { remedy: 'Do better.' }),
      (error) => error instanceof CommandError && error.code === 'some-code',
    );
    thread.close();
  });

  it('is held up by one look alone: others are made without it, and the next by a new thread', async () => {
    const others: string[] = [];
    const open = (of: string) => {
      others.push(of);
      return Promise.resolve({ path: of } as never);
    };
    const thread = await ready({ open }, 100);
    const slow = thread.open('slow', 'bundle');
    assert.deepEqual(await thread.open('b', 'bundle'), { path: 'b' });
    assert.deepEqual(others, ['b']);
    assert.deepEqual(await slow, { path: 'slow' }, 'it answers when it can');
    assert.deepEqual(others, ['b']);
    thread.close();
  });

  it('has what a thread that ended was asked made here', async () => {
    const open = (of: string) => Promise.resolve({ path: `here ${of}` } as never);
    const thread = await ready({ open });
    assert.deepEqual(await thread.open('ending', 'bundle'), { path: 'here ending' });
    thread.close();
  });

  it('answers with the same object where the thread says that nothing has changed', async () => {
    const thread = await ready({});
    const first = await thread.gatherFacts('kept' as never, undefined);
    assert.deepEqual(first, { kept: 1 });
    assert.equal(await thread.gatherFacts('kept' as never, undefined), first);
    assert.deepEqual(await thread.gatherFacts('anew' as never, undefined), { kept: 3 });
    thread.close();
  });

  it('tells what is known of a start, and what follows when it is known', async () => {
    const thread = await ready({});
    const { bundle, lookFurther } = await thread.openForStart('a', 'bundle');
    assert.deepEqual(bundle, { path: 'a' });
    assert.deepEqual(await lookFurther?.(), { facts: 'there' });
    thread.close();
  });

  it('has the rest of an answer made here when its thread ends between the two', async () => {
    const lookFurther = () => Promise.resolve({ facts: 'here' } as never);
    const openForStart = (of: string) => Promise.resolve({ bundle: of, lookFurther } as never);
    const thread = await ready({ openForStart });
    const opened = await thread.openForStart('ending', 'bundle');
    assert.deepEqual(opened.bundle, { path: 'ending' });
    assert.deepEqual(await opened.lookFurther?.(), { facts: 'here' });
    thread.close();
  });

  it('lets go of a command that is looked for when the start is cancelled', async () => {
    const thread = await ready({});
    const cancel = new AbortController();
    const checked = thread.checkCommand('slow' as never, { signal: cancel.signal });
    cancel.abort(new Error('cancelled'));
    await assert.rejects(checked, /cancelled/);
    thread.close();
  });
});
