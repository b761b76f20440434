// What a table of sights tells of a process that cannot be read.
import assert from 'node:assert/strict';
import { SightWatcher } from '../../../../src/helper/sight/SightWatcher';
import type { SightsDelta } from '../../../../src/protocol/sight';

/** The first message of a table with the helper alone, of which nothing can be read. */
function told(): Promise<SightsDelta> {
  return new Promise((resolve) => {
    const watcher = new SightWatcher({
      watch: '0'.repeat(16),
      place: { helper: process.pid, pid1: undefined, viewer: undefined },
      source: () => ({
        changes: () =>
          Promise.resolve({ full: true, upserted: [], removed: [], version: 1, isLively: false }),
      }),
      emit: (delta) => {
        watcher.stop();
        resolve(delta);
      },
      take: () => Promise.resolve(undefined),
    });
    void watcher.run();
  });
}

describe('the table of sights', () => {
  it('has a row for a process that is there and keeps its readers waiting', async () => {
    const { rows, seen } = await told();
    assert.deepEqual(
      rows?.map(({ role }) => role),
      ['helper'],
    );
    assert.deepEqual(seen, []);
  });
});
