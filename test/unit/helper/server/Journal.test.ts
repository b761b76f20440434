import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Journal } from '../../../../src/helper/server/Journal';
import type { LogLine } from '../../../../src/protocol/messages';

describe('Journal', () => {
  let told: string[][];
  let now: number;
  let journal: Journal;
  beforeEach(() => {
    told = [];
    now = 0;
    journal = new Journal(
      (lines) => told.push(lines.map(({ level, message }) => `${level} ${message}`)),
      () => now,
    );
  });

  it('tells what was noted in one turn of the event loop together, and once', async () => {
    const over = journal.command('box', 'mount -t proc');
    now = 3;
    over('done');
    journal.note('warn', 'two');
    assert.deepEqual(told, []);
    assert.deepEqual(journal.recent, []);
    await setImmediate();
    journal.note('info', 'three');
    await setImmediate();
    assert.deepEqual(told, [['info box: mount -t proc → done (3 ms)', 'warn two'], ['info three']]);
    assert.equal(journal.recent.length, 3);
  });

  it('tells the rest at its end', async () => {
    journal.note('info', 'last');
    journal.flush();
    await setImmediate();
    assert.deepEqual(told, [['info last']]);
  });

  it('makes each part safe, and cuts long lines', () => {
    journal.command('b\x1b[2J', 'kill\n')('not\u202e there', true);
    journal.note('info', 'x'.repeat(5000));
    journal.flush();
    assert.equal(told[0]?.[0], 'error b\\x1b[2J: kill\\n → not\\u202e there (0 ms)');
    assert.equal(told[0]?.[1]?.length, 'info '.length + 4000);
  });

  it('keeps the last five hundred', async () => {
    for (let at = 0; at < 502; at++) journal.note('info', String(at));
    await setImmediate();
    const { recent }: { recent: readonly LogLine[] } = journal;
    assert.deepEqual([recent.length, recent[0]?.message], [500, '2']);
  });
});
