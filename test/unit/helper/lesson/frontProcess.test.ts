// Which process is in front of a terminal, in tables of processes as sudo, unshare and shells make them.
import assert from 'node:assert/strict';
import type { ProcessStat } from '../../../../src/core/procfs/parseStat';
import { type ProcessTable, frontProcess } from '../../../../src/helper/lesson/frontProcess';

/** pid: parent, process group, session, terminal, group in front. */
type Row = readonly [pid: number, ppid: number, group: number, session: number, tty: number];

function table(rows: readonly Row[], front: Readonly<Record<number, number>>): ProcessTable {
  return {
    stat: (pid) => {
      const row = rows.find(([one]) => one === pid);
      if (!row) return Promise.resolve(undefined);
      const [, ppid, processGroup, session, terminal] = row;
      const foregroundGroup = front[terminal] ?? 0;
      const stat = { pid, ppid, processGroup, session, terminal, foregroundGroup };
      return Promise.resolve(stat as ProcessStat);
    },
    childrenOf: (pid) =>
      Promise.resolve(rows.filter(([, ppid]) => ppid === pid).map(([one]) => one)),
  };
}

describe('frontProcess', () => {
  const cases: [name: string, rows: Row[], front: Record<number, number>, pid: number][] = [
    ['the shell itself', [[10, 1, 10, 10, 5]], { 5: 10 }, 10],
    [
      'a shell in a shell',
      [
        [10, 1, 10, 10, 5],
        [11, 10, 11, 10, 5],
      ],
      { 5: 11 },
      11,
    ],
    [
      'no job in the background',
      [
        [10, 1, 10, 10, 5],
        [11, 10, 11, 10, 5],
      ],
      { 5: 10 },
      10,
    ],
    [
      'a shell below unshare --fork',
      [
        [10, 1, 10, 10, 5],
        [11, 10, 11, 10, 5],
        [12, 11, 12, 10, 5],
      ],
      { 5: 12 },
      12,
    ],
    [
      'a shell without job control, in the group of what started it',
      [
        [10, 1, 10, 10, 5],
        [11, 10, 11, 10, 5],
        [12, 11, 11, 10, 5],
      ],
      { 5: 11 },
      12,
    ],
    [
      'a shell on the terminal that sudo made, and one below it',
      [
        [10, 1, 10, 10, 5],
        [11, 10, 11, 10, 5],
        [12, 11, 12, 12, 6],
        [13, 12, 13, 12, 6],
      ],
      { 5: 11, 6: 13 },
      13,
    ],
    [
      'a group whose leader has ended',
      [
        [10, 1, 10, 10, 5],
        [12, 10, 11, 10, 5],
      ],
      { 5: 11 },
      12,
    ],
    ['the shell where the group in front is nowhere below it', [[10, 1, 10, 10, 5]], { 5: 99 }, 10],
    ['the shell where there is no terminal', [[10, 1, 10, 10, 0]], {}, 10],
    ['the shell that has ended', [], {}, 10],
  ];
  for (const [name, rows, front, pid] of cases)
    it(`finds ${name}`, async () => assert.equal(await frontProcess(10, table(rows, front)), pid));
});
