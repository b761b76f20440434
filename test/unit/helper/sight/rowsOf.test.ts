// The rows of the table: the chain outside, then the tree of the container.
import assert from 'node:assert/strict';
import { ProcessTree } from '../../../../src/core/tree/processTree';
import { type ChainLink, chainOf } from '../../../../src/helper/sight/chainOf';
import { rowsOf } from '../../../../src/helper/sight/rowsOf';
import type { ProcessInfo } from '../../../../src/protocol/processes';
import type { ProcessStat } from '../../../../src/core/procfs/parseStat';
import { SightsDelta } from '../../../../src/protocol/sight';
import { processInfo } from '../../processInfo';

const chain: ChainLink[] = [
  { hostPid: 10, startTime: '1', role: 'viewer' },
  { hostPid: 20, startTime: '2', role: 'helper' },
  { hostPid: 5001, startTime: '101', role: 'init' },
];
const treeOf = (...upserted: ProcessInfo[]) => {
  const tree = new ProcessTree();
  tree.apply({ id: '', full: true, upserted, removed: [] });
  return tree;
};
const shown = (tree: ProcessTree, only?: { pid: number; startTime: string }) =>
  rowsOf(chain, tree, only).rows.map(({ row }) => `${row.depth} ${row.key} ${row.role}`);

const tree = treeOf(
  processInfo(1),
  processInfo(2, { ppid: 1 }),
  processInfo(3, { ppid: 2 }),
  processInfo(4, { ppid: 1, state: 'Z' }),
  processInfo(9),
);
const outside = ['0 10:1 viewer', '1 20:2 helper'];

describe('the rows of the table', () => {
  it('go from the chain into the tree, with what joined from outside', () => {
    assert.deepEqual(shown(tree), [
      ...outside,
      '2 5001:101 init',
      '3 5002:102 inside',
      '4 5003:103 inside',
      '3 5004:104 inside',
      '2 5009:109 joined',
    ]);
    const zombies = rowsOf(chain, tree).rows.filter(({ row }) => row.zombie);
    assert.deepEqual(
      zombies.map(({ hostPid }) => hostPid),
      [5004],
    );
  });

  it('are those that lead to one process, or say that it is gone', () => {
    assert.deepEqual(shown(tree, { pid: 3, startTime: '103' }), [
      ...outside,
      '2 5001:101 init',
      '3 5002:102 inside',
      '4 5003:103 inside',
    ]);
    const another = rowsOf(chain, tree, { pid: 3, startTime: '999' });
    assert.deepEqual([another.isGone, another.rows.length, another.left], [true, 2, 0]);
  });

  it('have PID 1 where the container has no procfs to list', () => {
    assert.deepEqual(shown(treeOf()), [...outside, '2 5001:101 init']);
  });

  it('end at 1,000, and count the others', () => {
    const many = Array.from({ length: 1500 }, (_, at) => processInfo(at + 1, { ppid: at && 1 }));
    const { rows, left } = rowsOf(chain, treeOf(...many));
    assert.deepEqual([rows.length, left], [1002, 500]);
  });

  it('can be sent, however deep the processes are', () => {
    const nested = Array.from({ length: 1500 }, (_, at) => processInfo(at + 1, { ppid: at }));
    const rows = rowsOf(chain, treeOf(...nested)).rows.map(({ row }) => row);
    const delta = { watch: '0'.repeat(16), rows, seen: [], left: 0 };
    assert.deepEqual(SightsDelta.parse(delta), delta);
  });
});

describe('the chain outside', () => {
  const stats = (links: Record<number, [comm: string, ppid: number]>) => (pid: number) => {
    const found = links[pid];
    const stat = found && { pid, comm: found[0], ppid: found[1], startTime: String(pid) };
    return Promise.resolve(stat as ProcessStat | undefined);
  };
  const roles = async (links: Record<number, [string, number]>, viewer?: number) =>
    (await chainOf({ helper: 20, pid1: 31, viewer }, stats(links))).map(
      ({ hostPid, role }) => `${hostPid} ${role}`,
    );

  it('has sudo where it waits for the helper, and the monitor', async () => {
    const links: Record<number, [string, number]> = {
      ...{ 1: ['init', 0], 5: ['bash', 1], 18: ['sudo', 5], 19: ['sudo', 18] },
      ...{ 20: ['node', 19], 30: ['terrarium-init', 20], 31: ['sh', 30] },
    };
    assert.deepEqual(await roles(links, 5), [
      ...['5 viewer', '18 sudo', '19 sudo', '20 helper', '30 monitor', '31 init'],
    ]);
  });

  it('leaves out who has ended, and the machine’s init above a PID 1 that was given away', async () => {
    const links: Record<number, [string, number]> = {
      1: ['init', 0],
      20: ['node', 1],
      31: ['sh', 1],
    };
    assert.deepEqual(await roles(links, 99), ['20 helper', '31 init']);
    assert.deepEqual(await roles({ 20: ['node', 1] }), ['20 helper']);
  });
});
