import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ProcessList } from '../../../../src/helper/processes/ProcessList';
import type { ProcessInfo } from '../../../../src/protocol/processes';
import { processInfo } from '../../processInfo';

const info = processInfo;
const byKey = (infos: Iterable<ProcessInfo>) =>
  [...infos].sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));

describe('ProcessList', () => {
  it('tells who has nothing of all, and who has everything of nothing', () => {
    const list = new ProcessList();
    list.apply([info(1), info(2)], []);
    const all = list.changes(undefined);
    assert.deepEqual([all.full, all.upserted], [true, [info(1), info(2)]]);
    const none = list.changes(all.version);
    assert.deepEqual(
      [none.full, none.upserted, none.removed, none.isLively],
      [false, [], [], false],
    );
  });

  it('keeps its version through a read that found the same', () => {
    const list = new ProcessList();
    list.replace([info(1)]);
    const { version } = list.changes(undefined);
    list.replace([info(1)]);
    list.apply([], ['of nobody']);
    assert.equal(list.changes(version).version, version);
  });

  it('tells all to who is too far behind to be told what changed', () => {
    const list = new ProcessList();
    list.replace([info(1)]);
    const { version } = list.changes(undefined);
    for (let rss = 1; rss <= 100; rss++) list.replace([info(1, { rss })]);
    assert.deepEqual(list.changes(version).full, true);
    assert.deepEqual(list.changes(version).upserted, [info(1, { rss: 100 })]);
  });

  it('leads several watchers, each at its own pace, to what the last read saw', () => {
    const process = fc
      .record({ pid: fc.integer({ min: 1, max: 5 }), rss: fc.integer({ min: 0, max: 2 }) })
      .map(({ pid, rss }) => info(pid, { rss }));
    const read = fc.uniqueArray(process, { selector: ({ pid }) => pid });
    const turn = fc.record({ read, watcher: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 80 }), (turns) => {
        const list = new ProcessList();
        const watchers = [0, 1, 2].map(() => ({
          version: undefined as number | undefined,
          has: new Map<string, ProcessInfo>(),
        }));
        for (const { read: processes, watcher } of turns) {
          list.replace(processes);
          const one = watchers[watcher]!;
          const { full, upserted, removed, version } = list.changes(one.version);
          if (full) one.has.clear();
          for (const key of removed) one.has.delete(key);
          for (const now of upserted) one.has.set(now.key, now);
          one.version = version;
          assert.deepEqual(byKey(one.has.values()), byKey(processes));
        }
      }),
    );
  });
});
