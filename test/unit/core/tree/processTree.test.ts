import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ProcessTree } from '../../../../src/core/tree/processTree';
import type { ProcessDelta, ProcessInfo } from '../../../../src/protocol/processes';
import { processInfo } from '../../processInfo';

function info(pid: number, ppid: number, more: Partial<ProcessInfo> = {}): ProcessInfo {
  return processInfo(pid, { ppid, ...more });
}

function delta(upserted: ProcessInfo[], removed: string[] = [], full = false): ProcessDelta {
  return { id: '0123456789abcdef', full, upserted, removed };
}

/** `1(2(3) 4)`: the tree as one line. */
function shape(tree: ProcessTree, keys = tree.roots): string {
  return keys
    .map((key) => {
      const { info: process, children } = tree.get(key)!;
      return children.length > 0 ? `${process.pid}(${shape(tree, children)})` : `${process.pid}`;
    })
    .join(' ');
}

function full(...processes: ProcessInfo[]): ProcessTree {
  const tree = new ProcessTree();
  tree.apply(delta(processes, [], true));
  return tree;
}

describe('ProcessTree', () => {
  const [init, shell, sleep] = [info(1, 0), info(2, 1), info(3, 2)];

  it('hangs every process below its parent, in the order of their numbers', () => {
    assert.equal(shape(full(info(10, 1), sleep, shell, init)), '1(2(3) 10)');
  });

  it('shows what joined from outside as a root of its own', () => {
    assert.equal(shape(full(init, shell, info(7, 0), info(8, 7))), '1(2) 7(8)');
  });

  it('moves orphans to PID 1 when it adopts them', () => {
    const tree = full(init, shell, sleep);
    const change = tree.apply(delta([{ ...sleep, ppid: 1 }], [shell.key]));
    assert.equal(shape(tree), '1(3)');
    assert.deepEqual(change, {
      changed: [init.key, sleep.key],
      relisted: [init.key],
      renamed: [],
      removed: [shell.key],
      roots: false,
    });
  });

  it('keeps an orphan as a root until it is known who adopted it', () => {
    const tree = full(init, shell, sleep);
    assert.equal(tree.apply(delta([], [shell.key])).roots, true);
    assert.equal(shape(tree), '1 3');
  });

  it('names only the parent and the new process when one starts', () => {
    const tree = full(init, shell);
    assert.deepEqual(tree.apply(delta([sleep])), {
      changed: [shell.key, sleep.key],
      relisted: [shell.key],
      renamed: [],
      removed: [],
      roots: false,
    });
  });

  it('names only the process when its text changes', () => {
    const tree = full(init, shell, sleep);
    const change = tree.apply(delta([{ ...sleep, state: 'T' }]));
    assert.deepEqual(change, {
      changed: [sleep.key],
      relisted: [],
      renamed: [sleep.key], // a filter may look for the state
      removed: [],
      roots: false,
    });
  });

  it('names nothing when nothing changed, not even after everything was sent again', () => {
    const tree = full(init, shell, sleep);
    const nothing = { changed: [], relisted: [], renamed: [], removed: [], roots: false };
    assert.deepEqual(tree.apply(delta([])), nothing);
    assert.deepEqual(
      tree.apply(
        delta(
          [sleep, init, shell].map((one) => ({ ...one })),
          [],
          true,
        ),
      ),
      nothing,
    );
  });

  it('names a process that has lost or got what others lack', () => {
    const tree = full(init, { ...sleep, pss: 4096, mainThreadEnded: true });
    for (const next of [{ ...sleep, pss: 4096 }, { ...sleep, pssUnread: true as const }, sleep])
      assert.deepEqual(tree.apply(delta([next])).changed, [sleep.key]);
  });

  it('says that the roots changed when a session joins', () => {
    const tree = full(init);
    assert.equal(tree.apply(delta([info(9, 0)])).roots, true);
  });

  it('does not hang a child below a younger process that took over the PID of its parent', () => {
    const reused = info(2, 1, { startTime: '999' });
    const tree = full(init, shell, sleep);
    tree.apply(delta([reused], [shell.key]));
    assert.equal(shape(tree), '1(2) 3');
  });

  it('compares start times as numbers, not as text', () => {
    const parent = info(2, 1, { startTime: '99999' });
    assert.equal(shape(full(init, parent, info(3, 2, { startTime: '100000' }))), '1(2(3))');
  });

  it('opens a circle of parents, which only a lying peer can send', () => {
    const same = { startTime: '500' };
    assert.equal(shape(full(init, info(5, 6, same), info(6, 5, same))), '1 5(6)');
    assert.equal(shape(full(info(5, 5))), '5');
  });

  describe('for any sequence of messages', () => {
    const anyInfo = fc
      .record({
        pid: fc.integer({ min: 1, max: 8 }),
        ppid: fc.integer({ min: 0, max: 8 }),
        start: fc.integer({ min: 8, max: 11 }),
        name: fc.constantFrom('sh', 'sleep'),
      })
      .map(({ pid, ppid, start, name }) => info(pid, ppid, { startTime: String(start), name }));
    const anyDelta = fc
      .record({
        upserted: fc.array(anyInfo, { maxLength: 6 }),
        removed: fc.array(anyInfo, { maxLength: 4 }),
        full: fc.boolean(),
      })
      .map((it) =>
        delta(
          it.upserted,
          it.removed.map(({ key }) => key),
          it.full,
        ),
      );

    const nodes = (tree: ProcessTree) => {
      const found = new Map<string, unknown>();
      const walk = (keys: readonly string[]) => {
        for (const key of keys) {
          const node = tree.get(key)!;
          assert.ok(!found.has(key), 'every process is in one place');
          found.set(key, { ...node, children: [...node.children] }); // the tree goes on using its own
          walk(node.children);
        }
      };
      walk(tree.roots);
      assert.equal(found.size, tree.size, 'every process can be reached from a root');
      return found;
    };

    it('is the tree that one full message with the outcome makes', () => {
      fc.assert(
        fc.property(fc.array(anyDelta, { maxLength: 12 }), (deltas) => {
          const tree = new ProcessTree();
          const outcome = new Map<string, ProcessInfo>();
          for (const one of deltas) {
            tree.apply(one);
            if (one.full) outcome.clear();
            for (const key of one.removed) outcome.delete(key);
            for (const process of one.upserted) outcome.set(process.key, process);
          }
          const atOnce = full(...[...outcome.values()].reverse());
          assert.deepEqual(tree.roots, atOnce.roots);
          assert.deepEqual(nodes(tree), nodes(atOnce));
        }),
      );
    });

    it('names every node that is another than before, and no other', () => {
      const none = { children: [] };
      fc.assert(
        fc.property(fc.array(anyDelta, { maxLength: 8 }), (deltas) => {
          const tree = new ProcessTree();
          let before = nodes(tree);
          for (const one of deltas) {
            const roots = tree.roots;
            const change = tree.apply(one);
            const now = nodes(tree);
            // Whose parent is another is named through the lists of children of both parents.
            const shown = (node: unknown) => JSON.stringify({ ...(node as object), parent: 0 });
            const differs = [...now.keys()].filter(
              (key) => shown(now.get(key)) !== shown(before.get(key)),
            );
            assert.deepEqual(new Set(change.changed), new Set(differs));
            const list = (node: unknown) =>
              String((node as { children: [] } | undefined)?.children);
            assert.deepEqual(
              new Set(change.relisted),
              new Set(
                differs.filter((key) => list(now.get(key)) !== list(before.get(key) ?? none)),
              ),
            );
            const names = (node: unknown) => {
              const { name, commandLine, uid } = (node as { info: ProcessInfo }).info;
              return JSON.stringify([name, commandLine, uid]);
            };
            assert.deepEqual(
              new Set(change.renamed),
              new Set(
                differs.filter(
                  (key) => before.has(key) && names(now.get(key)) !== names(before.get(key)),
                ),
              ),
            );
            assert.deepEqual(
              change.removed,
              [...before.keys()]
                .filter((key) => !now.has(key))
                .sort((a, b) => change.removed.indexOf(a) - change.removed.indexOf(b)),
            );
            assert.equal(change.roots, roots.join() !== tree.roots.join());
            before = now;
          }
        }),
      );
    });
  });
});
