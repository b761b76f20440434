import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { readAtPace } from '../../../../src/helper/layer/readAtPace';

describe('readAtPace', () => {
  let now = 0;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => now);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  /** @param ms what each piece takes */
  const read = (ms: number) => {
    const stream = new PassThrough();
    const taken: string[] = [];
    readAtPace(stream, (bytes) => {
      taken.push(bytes.toString());
      now += ms;
    });
    return { stream, taken };
  };

  it('hands on at once what takes no time', async () => {
    const { stream, taken } = read(0);
    for (const text of ['a', 'b', 'c']) {
      stream.write(text);
      await setImmediate();
    }
    assert.deepEqual(taken, ['a', 'b', 'c']);
  });

  it('rests after what took long, and hands on all that came meanwhile at once', async () => {
    const { stream, taken } = read(20);
    const end = once(stream, 'end');
    stream.write('a');
    for (let at = 0; at < 10; at++) {
      await setImmediate();
      stream.write('b');
    }
    stream.end();
    await setImmediate();
    mock.timers.tick(199);
    assert.deepEqual(taken, ['a']);
    mock.timers.tick(1);
    assert.deepEqual(taken, ['a', 'b'.repeat(10)]);
    await setImmediate();
    mock.timers.tick(200);
    await end;
    assert.deepEqual(taken, ['a', 'b'.repeat(10)]);
  });
});
