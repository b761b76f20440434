// What is told as different between two snapshots of a process, and what is not.
import assert from 'node:assert/strict';
import { compareSnapshots } from '../../../../src/core/lesson/compareSnapshots';
import { capabilityNames } from '../../../../src/core/procfs/capabilities';
import { ProcessSnapshot } from '../../../../src/protocol/snapshot';
import { hostMounts, mount, namespaces, snapshot } from './snapshots';

const differences = (before: ProcessSnapshot, after: ProcessSnapshot) =>
  compareSnapshots(before, after).differences;
const from = snapshot();

describe('compareSnapshots', () => {
  it('finds nothing between a process and itself', () => {
    const evidence = compareSnapshots(from, snapshot());
    assert.deepEqual(evidence.differences, []);
    assert.deepEqual(evidence.untold, []);
    assert.deepEqual([evidence.shared.length, evidence.own], [8, []]);
  });

  it('tells another process, its numbers and its parent', () => {
    const after = snapshot({
      ...{ pid: 4722, startTime: '200', pids: [4722, 1], parent: { pid: 4720, name: 'unshare' } },
    });
    assert.deepEqual(differences(from, after), [
      {
        kind: 'process',
        before: { pid: 4711, name: 'bash' },
        after: { pid: 4722, name: 'bash' },
      },
      { kind: 'pids', before: [4711], after: [4722, 1] },
      { kind: 'parent', before: from.parent, after: after.parent },
    ]);
  });

  it('tells another process of the same number, and another program of the same process', () => {
    for (const more of [{ startTime: '200' }, { name: 'sh' }])
      assert.deepEqual(
        differences(from, snapshot(more)).map(({ kind }) => kind),
        ['process'],
      );
  });

  it('tells namespaces that are new, and those that are the machine’s again', () => {
    const inside = snapshot({ namespaces: namespaces(['pid', 'uts']) });
    const [entered] = differences(from, inside);
    assert.deepEqual(entered, {
      kind: 'namespaces',
      changes: [
        { type: 'pid', before: '4026531000', after: '4026532000', was: 'host', now: 'other' },
        { type: 'uts', before: '4026531002', after: '4026532002', was: 'host', now: 'other' },
      ],
    });
    const [left] = differences(inside, from);
    assert.ok(left?.kind === 'namespaces');
    assert.deepEqual(
      left.changes.map(({ was, now }) => [was, now]),
      [
        ['other', 'host'],
        ['other', 'host'],
      ],
    );
    assert.deepEqual(compareSnapshots(from, inside).shared, [
      ...['mnt', 'ipc', 'net', 'user', 'cgroup', 'time'],
    ]);
  });

  it('tells that children are born in another PID namespace: unshare without --fork', () => {
    const after = snapshot({ bornElsewhere: true });
    assert.deepEqual(differences(from, after), [
      { kind: 'bornElsewhere', before: false, after: true },
    ]);
  });

  it('tells root, working directory, hostname and cgroup', () => {
    const after = snapshot({
      root: { path: '/home/me/box', isHosts: false },
      cwd: '/home/me/box',
      hostname: 'box',
      cgroup: ['0::/box'],
    });
    assert.deepEqual(differences(from, after), [
      { kind: 'root', before: from.root, after: after.root },
      { kind: 'cwd', before: '/home/me', after: '/home/me/box' },
      { kind: 'hostname', before: 'machine', after: 'box' },
      { kind: 'cgroup', before: ['0::/user.slice'], after: ['0::/box'] },
    ]);
  });

  it('tells a pivot_root by what the root is, though its path is the same', () => {
    const after = snapshot({ root: { path: '/', isHosts: false } });
    assert.deepEqual(
      differences(from, after).map(({ kind }) => kind),
      ['root'],
    );
  });

  it('tells what was mounted, unmounted and mounted with other options', () => {
    const proc = mount('/box/proc', { type: 'proc', source: 'none' });
    const readOnly = mount('/', { options: 'ro,relatime' });
    const after = snapshot({ mounts: { entries: [readOnly, proc], total: 2 } });
    assert.deepEqual(differences(from, after), [
      {
        kind: 'mounts',
        added: [proc],
        removed: [hostMounts[1]],
        leavesOthers: false,
        moved: [],
        changed: [{ before: hostMounts[0], after: readOnly }],
        unshared: 0,
        total: { before: 2, after: 2 },
      },
    ]);
  });

  it('tells two mounts at one place apart from one', () => {
    const after = snapshot({ mounts: { entries: [...hostMounts, hostMounts[1]!], total: 3 } });
    const [mounts] = differences(from, after);
    assert.ok(mounts?.kind === 'mounts');
    assert.deepEqual([mounts.added, mounts.removed], [[hostMounts[1]], []]);
  });

  it('counts mounts that are private now, and lists none of them', () => {
    const entries = hostMounts.map((one) => ({ ...one, isShared: false }));
    assert.deepEqual(differences(from, snapshot({ mounts: { entries, total: 2 } })), [
      {
        kind: 'mounts',
        ...{ added: [], removed: [], leavesOthers: false, moved: [], changed: [], unshared: 2 },
        total: { before: 2, after: 2 },
      },
    ]);
  });

  it('knows a mount again that another root shows at another path, in one mount namespace', () => {
    const moved = { ...hostMounts[1]!, place: '/box/proc' };
    const mounts = { entries: [hostMounts[0]!, moved], total: 2 };
    const [one] = differences(from, snapshot({ mounts }));
    assert.ok(one?.kind === 'mounts');
    assert.deepEqual(
      [one.added, one.removed, one.moved],
      [[], [], [{ before: hostMounts[1], after: moved }]],
    );
    const other = differences(from, snapshot({ mounts, namespaces: namespaces(['mnt']) }));
    const copied = other.find(({ kind }) => kind === 'mounts');
    assert.ok(copied?.kind === 'mounts');
    assert.deepEqual([copied.added, copied.removed], [[moved], [hostMounts[1]]]);
  });

  it('tells how many processes another procfs lists, and no change on the same one', () => {
    const same = snapshot({ procfs: { device: '22', processes: 612 } });
    assert.deepEqual(differences(from, same), []);
    const other = snapshot({ procfs: { device: '87', processes: 2 } });
    assert.deepEqual(differences(from, other), [{ kind: 'procfs', before: 597, after: 2 }]);
  });

  it('tells who a user is outside, and the maps', () => {
    const uidMap = [{ inside: 0, outside: 1000, count: 1 }];
    const after = snapshot({ uid: { inside: 0, outside: 1000 }, uidMap });
    assert.deepEqual(differences(from, after), [
      {
        kind: 'user',
        before: { uid: from.uid, gid: from.gid },
        after: { uid: { inside: 0, outside: 1000 }, gid: from.gid },
      },
      { kind: 'uidMap', before: from.uidMap, after: uidMap },
    ]);
  });

  it('tells capabilities gained and lost', () => {
    const all = [...capabilityNames];
    const after = snapshot({
      capabilities: { effective: ['CHOWN', 'KILL'], bounding: all.slice(0, -1) },
    });
    assert.deepEqual(differences(from, after), [
      { kind: 'capabilities', set: 'effective', gained: ['CHOWN', 'KILL'], lost: [], total: 2 },
      {
        ...{ kind: 'capabilities', set: 'bounding', gained: [] },
        ...{ lost: ['CHECKPOINT_RESTORE'], total: 40 },
      },
    ]);
  });

  it('takes what the kernel did not tell for no difference, and says what that was', () => {
    const untold = [{ field: 'root', reason: 'EACCES' }];
    const known = snapshot({ namespaces: [], untold });
    for (const field of ['root', 'mounts', 'hostname'] as const) delete known[field];
    const evidence = compareSnapshots(from, known);
    assert.deepEqual([evidence.differences, evidence.untold], [[], untold]);
  });

  it('compares what travels: a snapshot that was parsed is the same', () => {
    const parsed = ProcessSnapshot.parse(JSON.parse(JSON.stringify(from)));
    assert.deepEqual(differences(from, parsed), []);
  });
});
