// Keys of a terminal: which are taken, passed over, or left for who reads next.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';
import { Keys } from '../../../../src/helper/console/Keys';

const known = new Map([
  ['\r', 'go'],
  ['s', 'shell'],
  ['A', 'A'],
]);

describe('Keys', () => {
  let terminal: PassThrough & { isRaw: boolean };
  let interrupts: number;
  let keys: Keys;
  beforeEach(() => {
    terminal = Object.assign(new PassThrough(), {
      isRaw: false,
      setRawMode(isRaw: boolean) {
        terminal.isRaw = isRaw;
        return terminal;
      },
    });
    interrupts = 0;
    keys = new Keys(terminal as unknown as ReadStream, () => interrupts++);
    keys.open();
  });

  it('are taken one by one, also those that were typed before they are asked for', async () => {
    terminal.write('xs');
    await setImmediate();
    assert.equal(await keys.next(known, 'end'), 'shell');
    const later = keys.next(known, 'end');
    terminal.write('\r');
    assert.equal(await later, 'go');
  });

  it('pass over arrows and function keys', async () => {
    terminal.write('\x1b[A\x1bOA\x1b[1;5As');
    assert.equal(await keys.next(known, 'end'), 'shell');
  });

  it('know the end of the input, and of the terminal', async () => {
    terminal.write('\x04');
    assert.equal(await keys.next(known, 'end'), 'end');
    assert.equal(interrupts, 0);
    terminal.write('s\x03');
    await setImmediate();
    assert.equal(interrupts, 1);
    terminal.end();
    await setImmediate();
    assert.equal(interrupts, 2);
  });

  it('leave the rest to who reads the terminal next, as it was', async () => {
    assert.equal(terminal.isRaw, true);
    terminal.write('\rls\x04');
    assert.equal(await keys.next(known, 'end'), 'go');
    keys.close();
    keys.close();
    assert.equal(terminal.isRaw, false);
    terminal.write(' more');
    let read = '';
    terminal.on('data', (chunk: Buffer) => (read += chunk.toString())).resume();
    await setImmediate();
    assert.equal(read, 'ls\x04 more');
  });
});
