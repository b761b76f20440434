import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { readAtPace } from '../../../../src/helper/layer/readAtPace';

/** Blocks the thread. */
function work(ms: number) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('readAtPace', () => {
  const read = (ms: number) => {
    const stream = new PassThrough();
    const taken: string[] = [];
    readAtPace(stream, (bytes) => {
      taken.push(bytes.toString());
      work(ms);
    });
    return { stream, taken };
  };

  it('hands on at once what takes no time', async () => {
    const { stream, taken } = read(0);
    for (const text of ['a', 'b', 'c']) {
      stream.write(text);
      await setTimeout(5);
    }
    assert.deepEqual(taken, ['a', 'b', 'c']);
  });

  it('rests after what took long, and hands on all that came meanwhile at once', async () => {
    const { stream, taken } = read(20);
    const end = once(stream, 'end');
    stream.write('a');
    for (let at = 0; at < 10; at++) {
      await setTimeout(5);
      stream.write('b');
    }
    assert.deepEqual(taken, ['a']);
    stream.end();
    await end;
    assert.deepEqual(taken, ['a', 'b'.repeat(10)]);
  });
});
