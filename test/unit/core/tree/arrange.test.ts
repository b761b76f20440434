// Which rows the Processes view shows, and that none moves because of a number.
import assert from 'node:assert/strict';
import { type Arrangement, Arranger } from '../../../../src/core/tree/arrange';
import { ProcessTree } from '../../../../src/core/tree/processTree';
import type { ProcessInfo } from '../../../../src/protocol/processes';
import { processInfo } from '../../processInfo';

const usual: Arrangement = { sort: 'pid', flat: false, filter: '', pinned: new Set() };

const init = processInfo(1, { name: 'init', commandLine: '/sbin/init' });
const shell = processInfo(2, { ppid: 1, cpu: 1, rss: 30, commandLine: '-sh' });
const busy = processInfo(3, { ppid: 2, name: 'awk', cpu: 90, rss: 10, commandLine: 'awk x' });
const big = processInfo(4, { ppid: 2, name: 'vi', rss: 90, pss: 20, uid: 1000, commandLine: 'vi' });

function treeOf(...processes: ProcessInfo[]): ProcessTree {
  const tree = new ProcessTree();
  tree.apply({ id: 'x', full: true, upserted: processes, removed: [] });
  return tree;
}

function arranged(change: Partial<Arrangement>): Arranger {
  return new Arranger({ ...usual, ...change }, (uid) => (uid === 1000 ? 'guest' : String(uid)));
}

describe('Arranger', () => {
  const tree = treeOf(init, shell, busy, big);

  it('shows parents and children by number unless told otherwise', () => {
    assert.deepEqual(arranged({}).children(tree), [init.key]);
    assert.deepEqual(arranged({}).children(tree, shell.key), [busy.key, big.key]);
  });

  it('shows one list, by CPU, by memory (the proportional one where it is known), by name', () => {
    const flat = (sort: Arrangement['sort']) =>
      arranged({ flat: true, sort })
        .children(tree)
        .map((key) => tree.get(key)!.info.pid);
    assert.deepEqual(flat('pid'), [1, 2, 3, 4]);
    assert.deepEqual(flat('cpu'), [3, 2, 1, 4]);
    assert.deepEqual(flat('memory'), [1, 2, 4, 3]);
    assert.deepEqual(flat('name'), [3, 1, 2, 4]);
    assert.deepEqual(arranged({ flat: true }).children(tree, shell.key), []);
  });

  it('lets no row move because of a number, and puts what comes later at the end', () => {
    const moving = treeOf(init, shell, busy, big);
    const arranger = arranged({ flat: true, sort: 'cpu' });
    const before = arranger.children(moving);
    const late = processInfo(9, { ppid: 1, cpu: 500 });
    const upserted = [{ ...big, cpu: 400 }, late];
    moving.apply({ id: 'x', full: false, upserted, removed: [] });
    assert.deepEqual(arranger.children(moving), [...before, late.key]);
  });

  for (const [what, filter, expected] of [
    ['name', 'AWK', [1, 2, 3]],
    ['user', 'guest', [1, 2, 4]],
    ['command line', 'sbin', [1]],
    ['host PID', '5004', [1, 2, 4]],
    ['nothing', 'zzz', []],
  ] as const) {
    it(`filters by ${what} and keeps what is above a match`, () => {
      const arranger = arranged({ filter });
      const all = (parent?: string): string[] =>
        arranger.children(tree, parent).flatMap((key) => [key, ...all(key)]);
      assert.deepEqual(
        all().map((key) => tree.get(key)!.info.pid),
        expected,
      );
    });
  }

  for (const [filter, expected] of [
    ['zombie', [3]],
    ['Stopped', [4]],
    ['sleeping', [1, 2]],
    ['orphan', [2]],
    // Part of a word is looked for in names alone.
    ['sleep', []],
  ] as const) {
    it(`filters by the state “${filter}”`, () => {
      const states = treeOf(
        init,
        { ...shell, adopted: true },
        { ...busy, state: 'Z' },
        { ...big, state: 'T' },
      );
      const keys = arranged({ flat: true, filter }).children(states);
      assert.deepEqual(
        keys.map((key) => states.get(key)!.info.pid),
        expected,
      );
    });
  }

  it('filters by what the view calls a state in another language, too', () => {
    const states = treeOf(init, { ...busy, state: 'Z' });
    for (const filter of ['zombie', 'untot']) {
      const arrangement = { ...usual, flat: true, filter };
      const german = (text: string) => (text === 'zombie' ? 'Untot' : text);
      assert.deepEqual(new Arranger(arrangement, String, german).children(states), [busy.key]);
    }
  });

  it('shows in one list only what matches itself', () => {
    assert.deepEqual(arranged({ flat: true, filter: 'awk' }).children(tree), [busy.key]);
  });

  it('puts pinned ones first among their siblings', () => {
    const pinned = new Set([big.key]);
    assert.deepEqual(arranged({ pinned }).children(tree, shell.key), [big.key, busy.key]);
  });
});
