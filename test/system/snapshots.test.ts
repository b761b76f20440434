// What a snapshot says of a process, before and after unshare(1) and chroot(1), against the kernel's own words.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { compareSnapshots } from '../../src/core/lesson/compareSnapshots';
import { childrenOf } from '../../src/helper/processes/childrenOf';
import { takeSnapshot } from '../../src/helper/sight/takeSnapshot';
import { ProcessSnapshot } from '../../src/protocol/snapshot';
import { skipBecause } from '../skip';

describe('a snapshot of a process', function () {
  this.timeout(30_000);
  let folder: string;
  const started: ChildProcess[] = [];

  before(function () {
    if (process.getuid!() !== 0) skipBecause(this, 'making namespaces needs root');
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-snapshot-'));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts a command whose last act is `sleep`, and finds the sleeping process. */
  async function asleep(...words: string[]): Promise<number> {
    const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
    started.push(child);
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      for (let pid: number | undefined = child.pid; pid !== undefined;) {
        if (nameOf(pid) === 'sleep') return pid;
        [pid] = await childrenOf(pid);
      }
      await setTimeout(5);
    }
    throw new Error(`${words.join(' ')} does not sleep`);
  }

  async function snapshotOf(...words: string[]): Promise<ProcessSnapshot> {
    const found = await takeSnapshot(await asleep(...words));
    assert.ok(found);
    return ProcessSnapshot.parse(JSON.parse(JSON.stringify(found)));
  }

  const nameOf = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    } catch {
      return undefined; // it has ended
    }
  };
  const own = (type: string) => readlinkSync(`/proc/self/ns/${type}`).replace(/\D/g, '');
  const changedNamespaces = (before: ProcessSnapshot, after: ProcessSnapshot) =>
    compareSnapshots(before, after)
      .differences.flatMap((one) => (one.kind === 'namespaces' ? one.changes : []))
      .map(({ type }) => type);
  const plain = ['sleep', '60'];
  const unshare = (...options: string[]) => ['unshare', ...options, 'sleep', '60'];

  it('has of a process of this machine what the machine has', async () => {
    const found = await snapshotOf(...plain);
    for (const { type, inode, isHosts } of found.namespaces)
      assert.deepEqual([inode, isHosts], [own(type), true], type);
    assert.equal(found.namespaces.length, 8);
    assert.deepEqual(found.root, { path: '/', isHosts: true });
    assert.equal(found.hostname, hostname());
    assert.equal(found.parent.pid, process.pid);
    assert.deepEqual(found.pids, [found.pid]);
    assert.deepEqual(found.uid, { inside: 0, outside: 0 });
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
    assert.equal(found.mounts?.total, lines.length);
    assert.deepEqual(found.untold, []);
  });

  const variants: [options: string[], types: string[]][] = [
    [['--uts'], ['uts']],
    [['--mount'], ['mnt']],
    [
      ['--ipc', '--net'],
      ['ipc', 'net'],
    ],
    [['--cgroup'], ['cgroup']],
    [['--user', '--map-root-user'], ['user']],
    [['--time', '--fork'], ['time']],
    [['--pid', '--fork'], ['pid']],
    [
      ['--pid', '--uts', '--ipc', '--mount', '--fork', '--mount-proc'],
      ['pid', 'mnt', 'uts', 'ipc'],
    ],
  ];
  for (const [options, types] of variants)
    it(`tells exactly the namespaces of unshare ${options.join(' ')}`, async () => {
      const [before, after] = [
        await snapshotOf(...plain),
        await snapshotOf(...unshare(...options)),
      ];
      assert.deepEqual(changedNamespaces(before, after), types);
      for (const { type, inode } of after.namespaces)
        assert.equal(inode, readlinkSync(`/proc/${after.pid}/ns/${type}`).replace(/\D/g, ''));
    });

  it('tells PID 1, the few processes of its procfs and the private mounts of the notes’ unshare', async () => {
    const before = await snapshotOf(...plain);
    const words = ['--pid', '--uts', '--ipc', '--mount', '--fork', '--mount-proc'];
    const after = await snapshotOf(...unshare(...words));
    const { differences } = compareSnapshots(before, after);
    const of = <K extends string>(kind: K) => differences.find((one) => one.kind === kind);
    assert.equal(after.pids.at(-1), 1);
    assert.equal(after.pids[0], after.pid);
    assert.deepEqual(of('procfs'), { kind: 'procfs', before: before.procfs!.processes, after: 1 });
    const mounts = differences.find((one) => one.kind === 'mounts');
    assert.ok(mounts);
    assert.deepEqual(
      mounts.added.map(({ place, type }) => [place, type]),
      [['/proc', 'proc']],
    );
    const shared = before.mounts!.entries.filter(({ isShared }) => isShared).length;
    assert.equal(mounts.unshared + mounts.changed.length, shared);
    assert.equal(of('root'), undefined, 'it is on the machine’s root still');
  });

  it('tells that without --fork only children get the new PID namespace', async () => {
    const before = await snapshotOf(...plain);
    // The first child is PID 1 there; sleep itself is not.
    const after = await snapshotOf('unshare', '--pid', 'sleep', '60');
    assert.deepEqual(changedNamespaces(before, after), []);
    const difference = compareSnapshots(before, after).differences.find(
      ({ kind }) => kind === 'bornElsewhere',
    );
    assert.deepEqual(difference, { kind: 'bornElsewhere', before: false, after: true });
  });

  it('tells the hostname of another UTS namespace, and root inside a user namespace', async () => {
    const line = 'hostname box && exec sleep 60';
    const named = await snapshotOf('unshare', '--uts', 'sh', '-c', line);
    assert.equal(named.hostname, 'box');
    assert.notEqual(hostname(), 'box');
    const mapped = await snapshotOf(
      'unshare',
      '--user',
      '--map-root-user',
      '--uts',
      'sh',
      '-c',
      line,
    );
    assert.equal(mapped.hostname, 'box');
    assert.deepEqual(mapped.uid, { inside: 0, outside: 0 });
    const map = readFileSync(`/proc/${mapped.pid}/uid_map`, 'utf8').trim().split(/\s+/).map(Number);
    assert.deepEqual(mapped.uidMap, [{ inside: map[0], outside: map[1], count: map[2] }]);
  });

  it('tells a chroot by its path, and a pivot_root by what the root is', async () => {
    const before = await snapshotOf(...plain);
    const box = path.join(folder, 'box');
    execFileSync('sh', [
      '-c',
      `mkdir -p ${box}/bin ${box}/old && cp "$(command -v busybox)" ${box}/bin/sleep`,
    ]);
    const rooted = await snapshotOf('chroot', box, '/bin/sleep', '60');
    assert.deepEqual(rooted.root, { path: box, isHosts: false });
    const pivot = `mount --bind ${box} ${box} && cd ${box} && pivot_root . old && cd / && exec /bin/sleep 60`;
    const pivoted = await snapshotOf('unshare', '--mount', 'sh', '-c', pivot);
    assert.deepEqual(pivoted.root, { path: '/', isHosts: false });
    const found = compareSnapshots(before, pivoted).differences.find(({ kind }) => kind === 'root');
    assert.deepEqual(found, { kind: 'root', before: before.root, after: pivoted.root });
  });

  it('tells capabilities that were dropped', async () => {
    const before = await snapshotOf(...plain);
    const drop = ['setpriv', '--bounding-set=-kill', '--inh-caps=-kill', 'sleep', '60'];
    const after = await snapshotOf(...drop);
    const sets = compareSnapshots(before, after).differences.filter(
      (one) => one.kind === 'capabilities',
    );
    assert.deepEqual(
      sets.map(({ set, gained, lost }) => [set, gained, lost]),
      [
        ['effective', [], ['KILL']],
        ['bounding', [], ['KILL']],
      ],
    );
  });

  it('is none of a process that has ended', async () => {
    const pid = await asleep(...plain);
    const [child] = started.splice(0);
    const over = new Promise((resolve) => child!.once('exit', resolve));
    child!.kill('SIGKILL');
    await over;
    assert.equal(await takeSnapshot(pid), undefined);
  });

  it('says of another user’s process what it was not told, and throws nothing', async () => {
    const pid = await asleep(...plain);
    const euid = process.geteuid!();
    process.setegid!(65534);
    process.seteuid!(65534);
    let found: ProcessSnapshot | undefined;
    try {
      found = await takeSnapshot(pid);
    } finally {
      process.seteuid!(euid);
      process.setegid!(0);
    }
    assert.ok(found);
    assert.deepEqual([found.name, found.uid.outside], ['sleep', 0]);
    assert.deepEqual(found.namespaces, []);
    assert.deepEqual(
      found.untold
        .map(({ field }) => field)
        .filter((field) => field !== 'hostname')
        .sort(),
      ['bornElsewhere', 'cwd', 'namespaces', 'procfs', 'root'],
    );
  });
});
