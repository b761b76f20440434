// A read that never comes back keeps nobody waiting, and only few of them are ever begun.
import assert from 'node:assert/strict';
import { BoundedReads } from '../../../../src/helper/processes/BoundedReads';
import { type Gate, gate } from '../gate';

/** In milliseconds. */
const limit = 20;
const forEver = 60_000;

describe('BoundedReads', () => {
  let gates: Gate[];
  beforeEach(() => (gates = []));
  afterEach(() => gates.forEach(({ open }) => open()));
  const held = (): Promise<string> => {
    const one = gate();
    gates.push(one);
    return one.opened;
  };
  const quick = () => Promise.resolve('read');

  it('hands on what was read, and what went wrong', async () => {
    const reads = new BoundedReads(forEver);
    assert.equal(await reads.ask(1, quick), 'read');
    await assert.rejects(
      reads.ask(1, () => Promise.reject(new Error('EIO'))),
      /EIO/,
    );
    assert.equal(await reads.ask(1, quick), 'read', 'the failed one has left its place');
  });

  it('does not know what takes too long, and goes on with others', async () => {
    const reads = new BoundedReads(limit);
    assert.equal(await reads.ask(1, held), undefined);
    assert.equal(await reads.ask(2, quick), 'read');
  });

  it('begins no second read of a process that holds up the first', async () => {
    const reads = new BoundedReads(limit);
    await reads.ask(1, held);
    const again = await reads.ask(1, () => assert.fail('begun'));
    assert.equal(again, undefined);
    gates[0]!.open();
    await new Promise(setImmediate);
    assert.equal(await reads.ask(1, quick), 'read', 'it has come back');
  });

  it('has two under way at most, and the others take their turn', async () => {
    const reads = new BoundedReads(forEver);
    let most = 0;
    let now = 0;
    const counted = async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return true;
    };
    const all = Array.from({ length: 20 }, (_, pid) => reads.ask(pid, counted));
    assert.ok((await Promise.all(all)).every(Boolean));
    assert.equal(most, 2);
  });

  it('answers at once where as many are held up as may be, also who waits for a turn', async () => {
    const reads = new BoundedReads(limit);
    const [first, second] = [reads.ask(1, held), reads.ask(2, held)];
    const waiting = reads.ask(3, () => assert.fail('begun'));
    assert.deepEqual(await Promise.all([first, second, waiting]), [
      undefined,
      undefined,
      undefined,
    ]);
    assert.equal(await reads.ask(4, () => assert.fail('begun'), forEver), undefined);
    gates[1]!.open();
    await new Promise(setImmediate);
    assert.equal(await reads.ask(4, quick), 'read');
  });

  it('counts two that are held up by one process as two', async () => {
    const reads = new BoundedReads(limit);
    const [first, second] = [reads.ask(1, held), reads.ask(1, held)];
    const waiting = reads.ask(3, quick);
    assert.deepEqual(await Promise.all([first, second, waiting]), [
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('lets one group block no more than its part', async () => {
    const reads = new BoundedReads(limit, 3, 2);
    const ask = (pid: number, group: string, read: () => Promise<string>) =>
      reads.ask(pid, read, limit, group);
    const two = [1, 2].map((pid) => ask(pid, 'bad', held));
    const third = ask(3, 'bad', () => assert.fail('begun'));
    assert.deepEqual(await Promise.all([...two, third]), [undefined, undefined, undefined]);
    assert.ok(reads.isFull('bad') && !reads.isFull('good'));
    assert.deepEqual(
      reads.blocking('bad').map(({ hostPid }) => hostPid),
      [1, 2],
    );
    assert.deepEqual(reads.blocking('good'), []);
    assert.equal(await ask(4, 'good', quick), 'read');
    await ask(5, 'good', held);
    assert.ok(reads.isFull('good') && reads.isFull('other'), 'three in all');
    gates[0]!.open();
    await new Promise(setImmediate);
    assert.ok(!reads.isFull('bad'));
    assert.equal(await ask(6, 'bad', quick), 'read');
  });
});
