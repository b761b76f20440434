// What a table of sights tells of processes that cannot be read, and that it tells nothing twice.
import assert from 'node:assert/strict';
import { BoundedReads } from '../../../../src/helper/processes/BoundedReads';
import type { ProcessChanges } from '../../../../src/helper/processes/ProcessList';
import { SightWatcher, type SightWatcherOptions } from '../../../../src/helper/sight/SightWatcher';
import type { takeSnapshot } from '../../../../src/helper/sight/takeSnapshot';
import type { SightsDelta } from '../../../../src/protocol/sight';
import type { ProcessSnapshot } from '../../../../src/protocol/snapshot';
import { until } from '../../../system/containers';
import { processInfo } from '../../processInfo';
import { type Gate, gate } from '../gate';

const id = '0123456789abcdef';

describe('the table of sights', () => {
  const watchers: SightWatcher[] = [];
  let gates: Gate[] = [];
  let deltas: SightsDelta[] = [];
  beforeEach(() => ([gates, deltas] = [[], []]));
  afterEach(() => {
    for (const watcher of watchers.splice(0)) watcher.stop();
    for (const { open } of gates) open();
  });

  const watch = (options: Partial<SightWatcherOptions>) => {
    const watcher = new SightWatcher({
      ...{ watch: '0'.repeat(16), id, emit: (delta) => deltas.push(delta) },
      place: { helper: process.pid, pid1: undefined, viewer: undefined },
      source: () => ({ changes: () => Promise.resolve(changes()) }),
      take: () => Promise.resolve(undefined),
      ...options,
    });
    watchers.push(watcher);
    void watcher.run();
    return watcher;
  };
  const changes = (...pids: number[]): ProcessChanges => ({
    ...{ full: true, removed: [], version: 1, isLively: false },
    upserted: pids.map((pid) =>
      processInfo(pid, { ppid: pid === 1 ? 0 : 1, hostPid: process.pid, startTime: String(pid) }),
    ),
  });
  const looks = (watcher: SightWatcher, count: number) =>
    until(`${count} looks`, () => watcher.cost.looks >= count);

  it('has a row for a process that is there and keeps its readers waiting', async () => {
    await looks(watch({}), 1);
    assert.deepEqual(
      deltas[0]?.rows?.map(({ role }) => role),
      ['helper'],
    );
    assert.deepEqual(
      deltas.flatMap(({ seen }) => seen),
      [],
    );
  });

  it('says an error that stays once, and that it has gone', async () => {
    let message: string | undefined = 'No procfs.';
    const source = () => ({
      changes: () =>
        message === undefined ? Promise.resolve(changes()) : Promise.reject(new Error(message)),
    });
    const watcher = watch({ source });
    await looks(watcher, 3);
    message = undefined;
    await looks(watcher, 5);
    assert.deepEqual(
      deltas.map(({ error }) => error),
      ['No procfs.', undefined],
    );
  });

  it('goes on with other processes where one keeps its reader waiting, and names that one', async () => {
    const reads = new BoundedReads(20, 4, 2);
    let silent = new Set(['2']);
    const take = ((_pid, { ask } = {}) => {
      const startTime = order.shift() ?? '';
      return ask!(Number(startTime), async () => {
        if (silent.has(startTime)) {
          const one = gate();
          gates.push(one);
          await one.opened;
        }
        return { startTime } as ProcessSnapshot;
      });
    }) as typeof takeSnapshot;
    // In the order of the rows: the helper, then the processes.
    const all = ['helper', '1', '2', '3', '4'];
    let order = [...all];
    const source = () => ({ changes: () => Promise.resolve(changes(1, 2, 3, 4)) });
    const watcher = watch({ take, source, reads });
    await looks(watcher, 1);
    assert.deepEqual(
      deltas.flatMap(({ seen }) => seen.map(([, { startTime }]) => startTime)),
      ['1', '3', '4'],
    );
    const { blocking, readsNothing } = deltas.at(-1)!;
    assert.deepEqual(
      blocking?.map(({ hostPid }) => hostPid),
      [2],
    );
    assert.ok(Math.abs(Date.now() - blocking[0]!.since) < 60_000);
    assert.equal(readsNothing, undefined);
    silent = new Set(['5', '6']);
    order = ['5', '6'];
    await until('two that are silent', () => deltas.at(-1)?.readsNothing === true);
    assert.equal(deltas.at(-1)?.blocking?.length, 2, 'no third reader waits');
  });
});
