/** A baseline of a rootfs: what is different since, beside a full walk, and what hostile trees and files do to it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { BaselineChanges, BaselineReport, BaselineSide } from '../../src/protocol/baseline';
import { seeded } from '../seed';
import { type TestPrivilege, Workplace, ended, privileges, until, usePlace } from './containers';
import { assertChanges, changesScript, numbers, treeScript, walk } from './layerScripts';
import { Served } from './serving';
import { sh } from './trees';

describe('a baseline', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const run = (privilege: TestPrivilege, ...words: string[]) => {
    const child = place.start(privilege, words);
    child.stdin!.end();
    return ended(child);
  };
  const helper = async (privilege: TestPrivilege, ...words: string[]) => {
    const { code, stdout, stderr } = await run(privilege, ...words);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const mark = async (privilege: TestPrivilege, bundle: string) =>
    BaselineReport.parse(JSON.parse(await helper(privilege, 'baseline', 'mark', bundle)));
  const changesOf = async (privilege: TestPrivilege, bundle: string, ...paths: string[]) =>
    BaselineChanges.parse(
      JSON.parse(await helper(privilege, 'baseline', 'changes', '--json', bundle, ...paths)),
    );
  const linesOf = async (privilege: TestPrivilege, bundle: string) =>
    (await helper(privilege, 'changes', bundle)).split('\n').slice(0, -1);
  const show = async (privilege: TestPrivilege, bundle: string, file: string) =>
    BaselineSide.parse(JSON.parse(await helper(privilege, 'baseline', 'show', bundle, file)));
  const inside = (bundle: string, file: string) => path.join(bundle, 'rootfs', file);
  const baselineOf = (bundle: string) => path.join(bundle, '.terrarium/baseline.mtree');
  /** Fails, and says why. */
  const refused = async (...words: string[]) => {
    const { code, stderr } = await run('root', ...words);
    assert.equal(code, 125, stderr);
    return stderr;
  };

  for (const privilege of privileges)
    it(`lists at random what a full walk finds (${privilege})`, async () => {
      const { seed, numRuns } = seeded(`baseline (${privilege})`, 1);
      for (let round = 0; round < numRuns; round++) {
        const bundle = await place.bundle(privilege);
        sh(treeScript(), path.join(bundle, 'rootfs'));
        if (privilege !== 'root') place.give(path.dirname(bundle));
        // Its mount points are made.
        await helper(privilege, 'run', bundle, '--', '/bin/true');
        const { entries, unread } = await mark(privilege, bundle);
        const before = walk(path.join(bundle, 'rootfs'));
        assert.deepEqual([entries, unread], [before.size, 0]);
        assert.deepEqual(await linesOf(privilege, bundle), []);
        const script = `cd /\n${changesScript(numbers(seed + round), privilege !== 'sudo')}\ntrue`;
        const { code, stderr } = await run(
          ...([privilege, 'run', bundle, '--', '/bin/sh', '-c', script] as const),
        );
        assert.equal(code, 0, stderr);
        const { changes, more, unread: closed } = await changesOf(privilege, bundle);
        assert.deepEqual([more, closed], [false, 0]);
        assertChanges(changes, before, walk(path.join(bundle, 'rootfs')));
        await helper(privilege, 'baseline', 'forget', bundle);
        assert.deepEqual(readdirSync(bundle).sort(), ['config.json', 'rootfs']);
      }
    });

  it('says what a file was, and keeps no text that its owner may not read', async () => {
    const bundle = await place.bundle('sudo');
    const secret = inside(bundle, 'etc/secret');
    mkdirSync(inside(bundle, 'closed'), { mode: 0o700 });
    for (const file of [secret, inside(bundle, 'closed/file')]) writeFileSync(file, 'secret\n');
    chmodSync(secret, 0o600);
    writeFileSync(inside(bundle, 'binary'), Buffer.from([1, 0, 2]));
    await mark('sudo', bundle);
    const { uid, mode } = lstatSync(baselineOf(bundle));
    assert.deepEqual([uid, mode & 0o777], [place.user.uid, 0o600]);
    const motd = readFileSync(inside(bundle, 'etc/motd'));
    writeFileSync(inside(bundle, 'etc/motd'), 'new\n');
    const shown = await show('sudo', bundle, '/etc/motd');
    assert.deepEqual(shown, { kind: 'text', base64: motd.toString('base64') });
    for (const file of ['etc/secret', 'closed/file', 'binary']) {
      const { kind } = await show('sudo', bundle, file);
      assert.equal(kind, 'digest', file);
    }
    assert.ok(!readFileSync(baselineOf(bundle), 'latin1').includes('secret\n'));
    assert.deepEqual(await show('sudo', bundle, 'nowhere'), { kind: 'missing' });
    assert.deepEqual(await linesOf('sudo', bundle), ['M  etc/motd']);
    // Rootless nobody sees into that folder, and it is no difference.
    const { changes, unread } = await changesOf('rootless', bundle);
    assert.deepEqual(
      changes.map(({ path: file }) => file),
      ['etc/motd'],
    );
    assert.ok(unread > 0);
  });

  it('trusts no time: what was written and set back is found, also in another place', async () => {
    const bundle = await place.bundle('root');
    writeFileSync(inside(bundle, 'a'), 'one\n');
    writeFileSync(inside(bundle, 'b'), 'one\n');
    const { atime, mtime } = lstatSync(inside(bundle, 'a'));
    await mark('root', bundle);
    writeFileSync(inside(bundle, 'a'), 'two\n');
    utimesSync(inside(bundle, 'a'), atime, mtime);
    utimesSync(inside(bundle, 'b'), 1, 1);
    assert.deepEqual(await linesOf('root', bundle), ['M  a']);
    const copy = `${bundle}-copy`;
    assert.equal(spawnSync('cp', ['-a', bundle, copy]).status, 0);
    assert.deepEqual(await linesOf('root', copy), ['M  a']);
    const { changes } = await changesOf('root', bundle, '/b', 'etc');
    assert.deepEqual(changes, []);
  });

  for (const privilege of privileges)
    it(`tells of extended attributes, access control lists and file capabilities (${privilege})`, async () => {
      const bundle = await place.bundle(privilege);
      if (privilege === 'rootless') place.give(bundle);
      const rootfs = path.join(bundle, 'rootfs');
      sh('for f in 1 2 3 4; do echo x > $f; done; setfattr -n user.old -v 1 1', rootfs);
      if (privilege === 'rootless') place.give(bundle);
      await mark(privilege, bundle);
      assert.deepEqual(await linesOf(privilege, bundle), []);
      sh(
        `setfattr -n user.old -v 2 1; setfattr -n user.new -v 1 2; setcap cap_net_raw=ep 3
        setfattr -n system.posix_acl_access -v 0x0200000001000600ffffffff02000400a086010004000400ffffffff10000400ffffffff20000400ffffffff 4`,
        rootfs,
      );
      const wanted = ['1', '2', '3'].map((file) => `P  ${file}  (extended attributes)`);
      wanted.push('P  4  (extended attributes)');
      assert.deepEqual(await linesOf(privilege, bundle), wanted);
      // The same for others who look: the machine’s root, and one who may not see it all.
      assert.deepEqual(await linesOf('root', bundle), wanted);
      if (privilege !== 'root') {
        const { changes } = await changesOf('rootless', bundle, '1', '3');
        const found = changes.map(({ path: file, attributes }) => [file, attributes]);
        assert.deepEqual(found, [
          ['1', true],
          ['3', true],
        ]);
      }
      sh('setfattr -n user.old -v 1 1; setfattr -x user.new 2; setcap -r 3; rm 4', rootfs);
      assert.deepEqual(await linesOf(privilege, bundle), ['D  4']);
    });

  it('opens no pipe and no device, follows no link, and reads no file without an end', async () => {
    const bundle = await place.bundle('root');
    const rootfs = path.join(bundle, 'rootfs');
    sh(
      `mkfifo pipe; mknod device c 10 200; ln -s /etc link; ln -s / etc/up
      printf x > "$(printf 'line\\nand \\377')"; mkdir deep`,
      rootfs,
    );
    truncateSync(inside(bundle, 'bin/busybox'), 2 ** 40);
    const { unread } = await mark('root', bundle);
    assert.equal(unread, 1, 'what is too large has no digest');
    sh(
      `rm pipe; mknod pipe c 10 201; rm -r etc; ln -s /etc etc; rm link; ln -s /usr link
      rm line*; mkfifo device2`,
      rootfs,
    );
    assert.deepEqual(await linesOf('root', bundle), [
      ...['A  device2', 'T  etc', 'D  line\\nand \ufffd', 'M  link', 'T  pipe'],
      '… and 1 that could not be read, here or in the baseline',
    ]);
    const deep = path.join(bundle, 'rootfs/deep');
    sh('i=0; while [ $i -lt 420 ]; do mkdir d; cd -P d; i=$((i + 1)); done', deep);
    assert.match(await refused('baseline', 'mark', bundle), /too deep for a baseline/);
    assert.deepEqual(readdirSync(path.join(bundle, '.terrarium')).sort(), [
      ...['.gitignore', 'baseline.mtree'],
    ]);
    sh('rm -r deep', rootfs);
    assert.ok((await linesOf('root', bundle)).includes('D  deep/'));
  });

  it('refuses what is none, whoever has put it there', async () => {
    const bundle = await place.bundle('root');
    const file = baselineOf(bundle);
    assert.match(await refused('baseline', 'changes', bundle), /has no baseline/);
    assert.match(
      await refused('changes', bundle),
      /has no scratch layer, and no baseline\. .*run --layer.*baseline mark/,
    );
    await mark('root', bundle);
    const good = readFileSync(file);
    const text = good.toString('latin1');
    const wrong = (content: string | Buffer) => {
      writeFileSync(file, content);
      return refused('baseline', 'changes', bundle);
    };
    const line = text.split('\n')[2]!;
    for (const bad of [
      '',
      good.subarray(0, 300),
      text.replace('baseline 2', 'baseline 1'),
      text.replace(/texts=\d{10}/, 'texts=9999999999'),
      text.replace(line, `${line}\n${line}`),
      text.replace('./etc ', './../etc '),
      text.replace(' mode=', ' mode=9'),
    ])
      assert.match(await wrong(bad), /is no baseline that this version has written/);
    // A link is not followed.
    const secret = path.join(place.folder, 'secret');
    writeFileSync(secret, good);
    rmSync(file);
    symlinkSync(secret, file);
    assert.match(await refused('baseline', 'changes', bundle), /is no baseline/);
    rmSync(file);
    assert.equal(spawnSync('mkfifo', [file]).status, 0);
    assert.match(await refused('baseline', 'changes', bundle), /is no baseline/);
    rmSync(file);
    mkdirSync(file);
    assert.match(await refused('baseline', 'mark', bundle), /a folder is called baseline/);
    rmSync(file, { recursive: true });
    await mark('root', bundle);
    // A text that was exchanged is none of that file.
    const motd = good.indexOf(readFileSync(inside(bundle, 'etc/motd')));
    good[motd] = 33;
    writeFileSync(file, good);
    assert.equal((await show('root', bundle, 'etc/motd')).kind, 'digest');
    await helper('root', 'baseline', 'forget', bundle);
    assert.equal(existsSync(path.join(bundle, '.terrarium')), false);
    symlinkSync('/etc', path.join(bundle, '.terrarium'));
    assert.match(await refused('baseline', 'mark', bundle), /no folder|no longer what it was/);
    assert.ok(!existsSync('/etc/baseline.mtree'));
  });

  it('is whole or not there, when the disk is full or it is killed', async () => {
    const bundle = await place.bundle('root');
    await mark('root', bundle);
    const good = readFileSync(baselineOf(bundle));
    const folder = path.join(bundle, '.terrarium');
    assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'x', folder]).status, 0);
    try {
      for (let index = 0; index < 40; index++)
        writeFileSync(inside(bundle, `text${index}`), `${index}`.repeat(4000));
      assert.match(
        await refused('baseline', 'mark', bundle),
        /no space is left on its disk\. Make room/,
      );
      assert.deepEqual(readdirSync(folder), ['.gitignore']);
    } finally {
      assert.equal(spawnSync('umount', [folder]).status, 0);
    }
    assert.deepEqual(readFileSync(baselineOf(bundle)), good);
    sh('i=0; while [ $i -lt 20000 ]; do echo > many$i; i=$((i + 1)); done', bundle + '/rootfs');
    const child = place.start('root', ['baseline', 'mark', bundle]);
    const over = ended(child);
    const unfinished = () => readdirSync(folder).filter((name) => name.includes('.new-'));
    const [left] = await until('an unfinished one', () => unfinished().length > 0 && unfinished());
    child.kill('SIGKILL');
    await over;
    assert.deepEqual(readFileSync(baselineOf(bundle)), good);
    const again = place.start('root', ['baseline', 'mark', bundle]);
    const cancelled = ended(again);
    await until('the next one', () => unfinished().some((name) => name !== left));
    assert.ok(!unfinished().includes(left!), 'what was left is gone');
    again.kill('SIGTERM');
    const { code, stderr } = await cancelled;
    // It may have been done by then.
    if (code !== 0) assert.match(stderr, /was cancelled \(SIGTERM\)/);
    assert.deepEqual(unfinished(), []);
  });

  it('is taken and compared while another process changes the tree', async () => {
    const bundle = await place.bundle('root');
    const rootfs = path.join(bundle, 'rootfs');
    sh('mkdir -p busy/a/b; for i in 1 2 3 4 5 6 7 8 9; do echo $i > busy/a/b/$i; done', rootfs);
    const script = `cd "$1/busy"; while :; do mv a c; ln -s /etc a; rm a; mv c a
      echo x > a/b/new; rm a/b/new; mkfifo a/b/1.new; mv a/b/1.new a/b/1; rm a/b/1; echo 1 > a/b/1; done`;
    const busy = spawn('sh', ['-c', script, 'sh', rootfs], { stdio: 'ignore' });
    try {
      for (let round = 0; round < 3; round++) {
        await mark('root', bundle);
        const { changes } = await changesOf('root', bundle);
        for (const change of changes) assert.match(change.path, /^busy/);
      }
    } finally {
      const over = new Promise((resolve) => busy.once('close', resolve));
      busy.kill('SIGKILL');
      await over;
    }
  });

  it('is told by a helper that serves, which reads what its person may not', async () => {
    const bundle = await place.bundle('sudo');
    mkdirSync(inside(bundle, 'closed'), { mode: 0o700 });
    writeFileSync(inside(bundle, 'closed/file'), 'one\n');
    const served = await Served.start(place, 'sudo');
    try {
      const { rpc } = await served.connect();
      const told: number[] = [];
      rpc.onNotification('baselineProgress', ({ entries }) => told.push(entries));
      const { unread } = await rpc.request('markBaseline', { bundle, id: '0123456789abcdef' });
      assert.equal(unread, 0);
      renameSync(inside(bundle, 'closed/file'), inside(bundle, 'closed/new'));
      const { changes } = await rpc.request('baselineChanges', { bundle, paths: [] });
      assert.deepEqual(
        changes.map(({ kind, from, path: file }) => [kind, from, file]),
        [['renamed', 'closed/file', 'closed/new']],
      );
      const some = await rpc.request('baselineChanges', { bundle, paths: ['closed/new'] });
      assert.deepEqual(
        some.changes.map(({ kind }) => kind),
        ['added'],
      );
      const side = await rpc.request('baselineSide', { bundle, path: 'etc/motd' });
      assert.equal(side.kind, 'text');
      await rpc.request('forgetBaseline', { bundle });
      await assert.rejects(rpc.request('baselineChanges', { bundle, paths: [] }), /no baseline/);
    } finally {
      await served.stop();
    }
  });
});
