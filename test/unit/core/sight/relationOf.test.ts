// How a process's values stand to the line above, to PID 1 and to this machine.
import assert from 'node:assert/strict';
import { relationOf } from '../../../../src/core/sight/relationOf';
import type { SightColumn } from '../../../../src/core/sight/sightLine';
import type { ProcessSnapshot } from '../../../../src/protocol/snapshot';
import { namespaces, snapshot } from '../lesson/snapshots';

const shell = snapshot();
const init = snapshot({
  ...{ pid: 50, name: 'sh', parent: { pid: 4711, name: 'bash' }, pids: [50, 1] },
  ...{ namespaces: namespaces(['pid', 'mnt', 'uts', 'user']), hostname: 'box' },
  ...{ root: { path: '/', isHosts: false }, uid: { inside: 0, outside: 1000 } },
  capabilities: { effective: ['CHOWN', 'KILL'], bounding: [] },
});
const kind = (
  column: SightColumn,
  here: ProcessSnapshot,
  above: ProcessSnapshot | undefined = init,
  first: ProcessSnapshot | undefined = init,
) => relationOf(column, here, { above, init: first }).kind;
const child = (more: Partial<ProcessSnapshot> = {}) =>
  snapshot({ ...init, pid: 51, pids: [51, 2], parent: { pid: 50, name: 'sh' }, ...more });

describe('the relation of a value', () => {
  it('is this machine’s in the first line, and own where PID 1 differs', () => {
    for (const column of ['namespaces', 'root', 'userInside', 'hostname', 'pidInside'] as const)
      assert.equal(relationOf(column, shell, { above: undefined, init }).kind, 'machine', column);
    for (const column of ['namespaces', 'root', 'userInside', 'hostname', 'capabilities'] as const)
      assert.equal(kind(column, init, shell), 'own', column);
    assert.equal(kind('pidInside', init, shell), 'first');
    assert.equal(kind('parent', init, shell), 'above');
    assert.equal(kind('userOutside', init, shell), 'same');
  });

  it('is the same in a child, which is counted as its parent is', () => {
    for (const column of [
      ...(['namespaces', 'root', 'userInside', 'userOutside', 'hostname', 'capabilities'] as const),
    ])
      assert.equal(kind(column, child()), 'same', column);
    assert.equal(kind('pidInside', child()), 'counted');
    assert.equal(kind('parent', child()), 'above');
  });

  it('is the container’s where the line above has left it', () => {
    const away = child({ pid: 60, namespaces: namespaces(['pid', 'mnt', 'uts', 'user', 'net']) });
    assert.equal(kind('namespaces', away), 'own');
    assert.equal(kind('namespaces', child(), away), 'container');
    const other = child({ pid: 60, root: { path: '/srv', isHosts: false } });
    assert.equal(kind('root', other), 'own');
    assert.equal(kind('root', child(), other), 'container');
  });

  it('of a hostname is own in a namespace of its own, although it is called the same', () => {
    const copied = snapshot({ pid: 9, namespaces: namespaces(['uts']) });
    assert.equal(kind('hostname', copied, shell, copied), 'own');
  });

  it('of two roots that are both called / is the same only where the mounts are', () => {
    const elsewhere = child({
      namespaces: init.namespaces.map((one) =>
        one.type === 'mnt' ? { ...one, inode: '4026539999' } : one,
      ),
    });
    assert.equal(kind('root', elsewhere), 'own');
  });

  it('tells another user, more and fewer capabilities in one user namespace', () => {
    assert.equal(kind('userInside', child({ uid: { inside: 5, outside: 100005 } })), 'changed');
    assert.equal(kind('userOutside', child({ uid: { inside: 5, outside: 100005 } })), 'changed');
    const caps = (...effective: string[]) => child({ capabilities: { effective, bounding: [] } });
    assert.equal(kind('capabilities', caps('CHOWN')), 'fewer');
    assert.equal(kind('capabilities', caps('CHOWN', 'KILL', 'MKNOD')), 'more');
    assert.equal(kind('capabilities', caps('CHOWN', 'MKNOD')), 'changed');
    assert.equal(kind('capabilities', caps('KILL', 'CHOWN')), 'same');
  });

  it('is not told where the kernel did not tell it, and the same as nothing', () => {
    const hidden: ProcessSnapshot = {
      ...{ ...child(), namespaces: [] },
      untold: ['namespaces', 'root', 'hostname'].map((field) => ({ field, reason: 'EACCES' })),
    };
    delete hidden.root;
    delete hidden.hostname;
    for (const column of [
      'namespaces',
      'root',
      'userInside',
      'hostname',
      'capabilities',
    ] as const) {
      assert.deepEqual(
        relationOf(column, hidden, { above: hidden, init: hidden }),
        { kind: 'untold', reason: 'EACCES' },
        column,
      );
      assert.notEqual(kind(column, child(), hidden, hidden), 'same', column);
    }
    assert.equal(kind('pidInside', hidden, hidden), 'plain');
    assert.equal(kind('userOutside', hidden), 'same', 'what is told is compared');
  });
});
