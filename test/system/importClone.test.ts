/** A folder that is imported on a file system with reflinks: its large files share their blocks with the copy. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ImportReport } from '../../src/protocol/imports';
import { skipBecause } from '../skip';
import {
  type TestPrivilege,
  Workplace,
  commandLineOf,
  ended,
  privileges,
  processesWith,
  usePlace,
} from './containers';
import { differences, makeTree, manifestOf, sh } from './trees';

describe('importing a folder where the file system has reflinks', function () {
  this.timeout(120_000);
  let disk: string;
  let isMounted = false;
  // Before the machine is looked at, which is to be the same after each test.
  before(function () {
    if (process.getuid!() !== 0) skipBecause(this, 'mounting needs root');
    disk = mkdtempSync(path.join(tmpdir(), 'terrarium-disk-'));
    chmodSync(disk, 0o755);
    const script =
      'truncate -s 512M "$1.img"; mkfs.btrfs -q "$1.img"; mount -o loop "$1.img" "$1"; rm "$1.img"';
    const { status, stderr } = spawnSync('sh', ['-euc', script, 'sh', disk], { encoding: 'utf8' });
    if (status !== 0)
      skipBecause(this, `no btrfs can be mounted here: ${stderr.trim().split('\n').at(-1)}`);
    isMounted = true;
  });
  after(() => {
    if (isMounted) sh('umount "$1"', '/', disk);
    rmSync(disk, { recursive: true, force: true });
    rmSync(`${disk}.img`, { force: true });
  });
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const big = 48;
  /** Files that are cloned, and large ones that tar copies. */
  function makeLarge(folder: string): void {
    makeTree(folder);
    sh(
      `cd "$1"; mkdir d/z; head -c ${big}M /dev/urandom > d/x/plain; chown 7:8 d/x/plain; chmod 4640 bin/hard; chmod 2711 d/x
      for name in ' lead' 'trail ' 'back\\slash' "$(printf 'new\\nline')" "$(printf 'byte\\377')" '*' '[a]' -x; do
        head -c 200K /dev/urandom > "d/$name"
      done
      for name in set attributed capable listed; do head -c 200K /dev/urandom > "d/z/$name"; done
      chmod 6755 d/z/set; setfattr -n user.colour -v red d/z/attributed; setcap cap_net_raw=ep d/z/capable
      setfattr -n system.posix_acl_access -v 0x0200000001000600ffffffff02000400d204000004000400ffffffff10000400ffffffff20000400ffffffff d/z/listed
      head -c 200K /dev/urandom > d/one; ln d/one d/two; truncate -s 3M d/z/holes; chmod 0 d/one
      find . -depth -exec touch -h -d '2001-02-03 04:05:06.789' {} +`,
      '/',
      folder,
    );
  }

  async function importing(privilege: TestPrivilege, source: string, folder: string) {
    const bundle = path.join(folder, 'box');
    // As the helper of sudo does it for the editor.
    const rights = privilege === 'sudo' ? ['--callers-rights'] : [];
    const words = ['import', ...rights, source, bundle];
    const { code, stdout, stderr } = await ended(place.start(privilege, words));
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(folder).sort(), ['box', 'tree']);
    const report = ImportReport.parse(JSON.parse(stdout));
    return { rootfs: path.join(bundle, 'rootfs'), report };
  }
  const mebibytesFree = () => {
    sh('sync -f .', disk);
    const { bfree, bsize } = statfsSync(disk);
    return (bfree * bsize) / 1024 ** 2;
  };

  for (const privilege of privileges)
    it(`${privilege}: is the same tree, and takes no room for its large files`, async () => {
      const folder = path.join(disk, privilege);
      const tree = path.join(folder, 'tree');
      mkdirSync(folder);
      makeLarge(tree);
      if (privilege !== 'root') {
        sh('rm -r "$1/dev" "$1/d/x/file" "$1/d/one" "$1/d/two"', '/', tree);
        place.give(folder);
        sh('chmod 6755 d/z/set; setcap cap_net_raw=ep d/z/capable; chmod 4755 bin/hard', tree);
        // Which the person reads, and could give to nobody.
        if (privilege === 'sudo') sh('head -c 200K /dev/urandom > d/z/others', tree);
        sh('find . -depth -exec touch -h -d "2001-02-03 04:05:06.789" {} +', tree);
      }
      const before = mebibytesFree();
      const { rootfs, report } = await importing(privilege, tree, folder);
      assert.ok(before - mebibytesFree() < big / 2, `${before} MiB free, then ${mebibytesFree()}`);
      const told = differences(manifestOf(tree), manifestOf(rootfs));
      const ofIds = /^\/(bin\/capable|d\/z\/capable|d\/z\/listed|d\/y|etc\/passwd): /;
      const all = privilege !== 'rootless';
      assert.deepEqual(all ? told : told.filter((line) => !ofIds.test(line)), []);
      assert.equal(report.entries, Number(sh('find "$1" | tr -cd "\\n" | wc -c', '/', tree)) - 1);
      assert.equal(report.setId.count, 2);
      assert.deepEqual(report.warnings, []);
      rmSync(folder, { recursive: true });
    });

  /** With a file that cannot be cloned: cp takes a while. */
  function makeSlow(folder: string): string {
    const tree = path.join(folder, 'tree');
    sh(
      `mkdir -p "$1"; cd "$1"; head -c 200K /dev/urandom > a; touch b; chattr +C b
      head -c 20M /dev/urandom > b; for name in c d; do head -c 200K /dev/urandom > $name; done`,
      '/',
      tree,
    );
    return tree;
  }
  /** Stops what runs cp, and cp where it runs by then; calls `change` and lets it go on. */
  async function whileCopying(folder: string, change: () => void) {
    const bundle = path.join(folder, 'box');
    const child = place.start('root', ['import', path.join(folder, 'tree'), bundle]);
    const outcome = ended(child);
    // What makes the place for cp has these words as well.
    let pids: number[] = [];
    while (child.exitCode === null && (pids = processesWith('./cp --recursive')).length === 0)
      await setImmediate();
    signalAll(pids, 'SIGSTOP');
    const copied = readdirSync(folder).find((name) => name.startsWith('.box.new-'))!;
    const isDone = existsSync(path.join(folder, copied, 'rootfs/d'));
    assert.ok(!isDone, 'it was stopped before it came to the last file');
    change();
    return { child, outcome, pids };
  }
  /** Some have ended by then. */
  function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
    for (const pid of pids) if (commandLineOf(pid) !== '') process.kill(pid, signal);
  }

  for (const [what, change] of [
    ['a FIFO', 'rm d; mkfifo d'],
    ['a link', 'rm d; ln -s /etc/passwd d'],
    ['a folder', 'rm d; mkdir -p d/e; echo x > d/e/f'],
    ['a set-user-ID program', 'chmod 4755 d'],
    ['a device', 'rm d; mknod d c 1 9'],
  ] as const)
    it(`a file that becomes ${what} while it is copied ends the import`, async () => {
      const folder = mkdtempSync(path.join(disk, 'swap-'));
      const tree = makeSlow(folder);
      const { outcome, pids } = await whileCopying(folder, () => sh(change, tree));
      signalAll(pids, 'SIGCONT');
      const { code, stderr } = await outcome;
      assert.equal(code, 125);
      assert.match(stderr, /was changed while it was copied: d(\/e\/f)? is not|cp says/);
      assert.deepEqual(readdirSync(folder), ['tree']);
      rmSync(folder, { recursive: true });
    });

  it('a file that goes meanwhile is named, and the rest is there', async () => {
    const folder = mkdtempSync(path.join(disk, 'gone-'));
    const tree = makeSlow(folder);
    const { outcome, pids } = await whileCopying(folder, () => sh('rm d', tree));
    signalAll(pids, 'SIGCONT');
    const { code, stdout, stderr } = await outcome;
    assert.equal(code, 0, stderr);
    assert.match(ImportReport.parse(JSON.parse(stdout)).warnings.join(), /d'?: No such file/);
    assert.deepEqual(readdirSync(path.join(folder, 'box/rootfs')).sort(), ['a', 'b', 'c']);
    rmSync(folder, { recursive: true });
  });

  it('cancelled, or with its cp killed, it leaves nothing', async () => {
    for (const isCancelled of [true, false]) {
      const folder = mkdtempSync(path.join(disk, 'end-'));
      makeSlow(folder);
      const { child, outcome, pids } = await whileCopying(folder, () => undefined);
      // They are stopped, and would wait for ever.
      if (isCancelled) child.kill('SIGTERM');
      else signalAll(pids, 'SIGKILL');
      const { code, stderr } = await outcome;
      assert.equal(code, 125);
      assert.match(stderr, isCancelled ? /was cancelled/ : /cannot be unpacked: cp says/);
      assert.deepEqual(readdirSync(folder), ['tree']);
      rmSync(folder, { recursive: true });
    }
  });
});
