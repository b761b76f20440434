/** A folder that is imported on a file system with reflinks: its large files share their blocks with the copy. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImportReport } from '../../src/protocol/imports';
import { skipBecause } from '../skip';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
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
});
