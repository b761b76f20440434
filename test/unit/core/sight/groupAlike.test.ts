// Lines of the table: siblings that are alike share one, and there is an end of lines.
import assert from 'node:assert/strict';
import { groupAlike } from '../../../../src/core/sight/groupAlike';
import type { Seen } from '../../../../src/core/sight/sightLine';
import type { ProcessSnapshot } from '../../../../src/protocol/snapshot';
import { namespaces, snapshot } from '../lesson/snapshots';

const seen = (pid: number, depth: number, more: Partial<ProcessSnapshot> = {}): Seen => ({
  row: { key: `${pid}:1`, role: pid === 1 ? 'init' : 'inside', depth },
  snapshot: snapshot({ pid, pids: [1000 + pid, pid], name: 'sleep', ...more }),
});
const many = (from: number, count: number, more: Partial<ProcessSnapshot> = {}) =>
  Array.from({ length: count }, (_, at) => seen(from + at, 1, more));
const shown = (rows: readonly Seen[], limit?: number) =>
  groupAlike(rows, limit).lines.map(({ snapshot: { pid }, alike }) => [pid, alike]);

describe('the lines of the table', () => {
  it('are one for each of a few', () => {
    assert.deepEqual(shown([seen(1, 0), ...many(2, 4)]).length, 5);
  });

  it('are one for many that are alike, wherever they stand among their siblings', () => {
    const rows = [seen(1, 0), ...many(2, 20), seen(30, 1, { name: 'sh' }), ...many(40, 19)];
    assert.deepEqual(shown(rows), [
      [1, 0],
      [2, 38],
      [30, 0],
    ]);
  });

  it('hide none that sees something else, is called otherwise or has children', () => {
    const odd = seen(90, 1, { namespaces: namespaces(['net']) });
    const user = seen(91, 1, { uid: { inside: 7, outside: 7 } });
    const rows = [seen(1, 0), ...many(2, 9), odd, user, seen(92, 1), seen(93, 2)];
    assert.deepEqual(shown(rows), [[1, 0], [2, 8], ...[90, 91, 92, 93].map((pid) => [pid, 0])]);
  });

  it('of two parents are not put together', () => {
    const children = (from: number) =>
      many(from, 4).map(({ row, snapshot: one }) => ({ row: { ...row, depth: 2 }, snapshot: one }));
    const rows = [
      seen(1, 0),
      seen(2, 1, { name: 'a' }),
      ...children(10),
      seen(3, 1, { name: 'b' }),
      ...children(20),
    ];
    assert.equal(shown(rows).length, 11);
  });

  it('end somewhere, and say how many processes that leaves out', () => {
    const rows = [
      seen(1, 0),
      ...Array.from({ length: 300 }, (_, at) => seen(at + 2, 1, { name: `n${at}` })),
    ];
    const { lines, left } = groupAlike(rows);
    assert.deepEqual([lines.length, left], [200, 101]);
    const groups = groupAlike([seen(1, 0), seen(2, 1, { name: 'sh' }), ...many(3, 50)], 2);
    assert.deepEqual([groups.lines.length, groups.left], [2, 50]);
  });

  it('are made of 1,000 in a moment', () => {
    const rows = [seen(1, 0), ...many(2, 999)];
    const start = process.cpuUsage(); // what else runs on the machine does not count
    assert.equal(groupAlike(rows).lines.length, 2);
    assert.ok(process.cpuUsage(start).user < 500_000);
  });
});
