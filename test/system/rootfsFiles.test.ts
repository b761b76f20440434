/**
 * Single files of a rootfs through the helper: what a save keeps, for whom, and what a rootfs that changes meanwhile, a
 * full disk or a kill can make of it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { subordinateRange } from '../../src/core/config/subordinateRange';
import { maxFileBytes } from '../../src/protocol/rootfsFiles';
import { skipWithSanitizers } from '../skip';
import { compile } from './compile';
import { type TestPrivilege, Workplace, ended, privileges, usePlace } from './containers';
import { Served, graceMs, size } from './serving';
import { sh } from './trees';

describe('files of a rootfs', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  /** `helper.js file` to its end. */
  const file = (privilege: TestPrivilege, words: readonly string[], input = '') => {
    const child = place.start(privilege, ['file', ...words]);
    child.stdin!.end(input);
    return ended(child);
  };
  const done = async (privilege: TestPrivilege, words: readonly string[], input = '') => {
    const { code, stdout, stderr } = await file(privilege, words, input);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const init = () => path.join(path.dirname(place.helper), `terrarium-init-${process.arch}`);
  /** terrarium-init itself, which the helper gives a rootfs. */
  const tool = (
    rootfs: string,
    words: readonly string[],
    input: string,
    before: readonly string[] = [],
  ) =>
    spawnSync('sh', ['-c', 'exec "$@" 3<"$0"', rootfs, ...before, init(), 'file', ...words], {
      input,
    });

  /** Whose the file is that the person may not write, and in whose folder it lies. */
  async function ownerFor(privilege: TestPrivilege): Promise<number> {
    if (privilege !== 'rootless') return 0;
    return (await subordinateRange('/etc/subuid', place.user.uid))!.start + 41;
  }

  for (const privilege of privileges)
    it(`keeps owner, mode and attributes of what is not one’s own (${privilege})`, async () => {
      const bundle = await place.bundle(privilege);
      const rootfs = path.join(bundle, 'rootfs');
      const owner = await ownerFor(privilege);
      const folder = path.join(rootfs, 'srv/app');
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'conf'), 'old\n');
      // An absolute link begins at the rootfs.
      symlinkSync('/srv/app/conf', path.join(rootfs, 'link'));
      sh(
        'chown "$2:$2" srv; chown -R "$1:$1" srv/app; chmod 700 srv/app; chmod 2640 srv/app/conf',
        rootfs,
        ...[owner, privilege === 'rootless' ? place.user.uid : 0].map(String),
      );
      // A capability of a rootless container is one of its user namespace.
      const uid = privilege === 'rootless' ? place.user.uid : 0;
      sh(
        'setfattr -n user.colour -v red conf; setcap ${1:+-n "$1"} cap_net_raw+ep conf',
        folder,
        uid === 0 ? '' : String(uid),
      );
      const attributes = () => sh('getfattr -d -m - conf', folder);
      const before = [statSync(path.join(folder, 'conf')), attributes()] as const;
      const served = await Served.start(place, privilege);
      const { rpc } = await served.connect();
      const at = (inside: string) => ({ bundle, kind: 'bundle', path: inside }) as const;
      const write = (inside: string, text: string, expected: string) =>
        rpc.request('writeRootfsFile', {
          ...{ ...at(inside), expected, breakLinks: false },
          base64: Buffer.from(text).toString('base64'),
        });

      const read = await rpc.request('readRootfsFile', at('/link'));
      assert.equal(Buffer.from(read.base64, 'base64').toString(), 'old\n');
      const stat = await write('/link', 'new\n', read.stat.tag);
      assert.deepEqual([stat.type, stat.size, stat.mode], ['file', 4, 0o2640]);
      const after = statSync(path.join(folder, 'conf'));
      assert.equal(readFileSync(path.join(folder, 'conf'), 'utf8'), 'new\n');
      assert.deepEqual([after.uid, after.gid, after.mode], [owner, owner, before[0].mode]);
      assert.equal(attributes(), before[1], 'file capabilities too');
      assert.ok(after.mtimeMs > before[0].mtimeMs, 'its time is that of the save');
      assert.ok(lstatSync(path.join(rootfs, 'link')).isSymbolicLink());

      await rpc.request('makeRootfsFolder', at('/srv/app/more'));
      await write('/srv/app/more/one', '1', 'none');
      const rename = { to: '/srv/app/two', overwrite: false };
      await rpc.request('renameRootfsFile', { ...at('/srv/app/more/one'), ...rename });
      const two = statSync(path.join(folder, 'two'));
      assert.deepEqual([two.uid, two.gid, two.mode & 0o777], [owner, owner, 0o644]);
      assert.equal(statSync(path.join(folder, 'more')).uid, owner);
      const { entries } = await rpc.request('listRootfsFolder', at('/srv/app'));
      const names = entries.map(({ name, type }) => `${name} ${type}`).sort();
      assert.deepEqual(names, ['conf file', 'more folder', 'two file']);
      const remove = (recursive: boolean) =>
        rpc.request('removeRootfsFile', { ...at('/srv/app'), recursive });
      await assert.rejects(remove(false), /is not empty/);
      await remove(true);
      assert.ok(!existsSync(folder));
      await served.stop();
    });

  it('says what it takes where the ids of the person do not reach', async () => {
    const bundle = await place.bundle('rootless');
    const motd = path.join(bundle, 'rootfs/etc/motd');
    writeFileSync(motd, 'root’s\n');
    chownSync(motd, 0, 0);
    const { code, stderr } = await file('rootless', ['write', bundle, '/etc/motd'], 'x');
    assert.equal(code, 125);
    assert.match(stderr, /belongs to a user whom your subordinate ids do not have/);
    assert.match(stderr, /sudo/);
    assert.equal(readFileSync(motd, 'utf8'), 'root’s\n');
    assert.deepEqual(
      readdirSync(path.join(bundle, 'rootfs/etc')).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('leads nowhere but into the rootfs, and opens nothing that acts', async () => {
    const bundle = await place.bundle('root');
    const rootfs = path.join(bundle, 'rootfs');
    const outside = path.join(place.folder, 'outside');
    writeFileSync(outside, 'outside\n');
    sh(
      `mkfifo pipe; mknod disk b 7 99; mknod null c 1 3; ln -s "$1" out; ln -s ../../../../.."$1" up
      ln -s loop loop; mkdir deep; printf x > "$(printf 'deep/new\\nline "$(id)"')"`,
      rootfs,
      outside,
    );
    linkSync(outside, path.join(rootfs, 'hard'));
    const statusOf = (task: string, name: string) =>
      tool(
        rootfs,
        [task, 'same', ...(task === 'read' ? ['100'] : ['keep', '1'])],
        `${name}\0any\0x`,
      ).status;
    const [missing, notRegular, isFolder, failed] = [3, 5, 11, 12];
    for (const name of ['pipe', 'disk', 'null'])
      for (const task of ['read', 'write']) assert.equal(statusOf(task, name), notRegular, name);
    assert.equal(statusOf('read', 'out'), notRegular, 'a link that leads nowhere');
    assert.equal(statusOf('read', 'loop'), notRegular);
    assert.equal(statusOf('write', 'loop'), failed);
    assert.equal(statusOf('write', '../..'), isFolder);
    // There is no such folder inside.
    assert.equal(statusOf('write', 'up'), missing);
    assert.equal(statusOf('write', '/etc/passwd/x'), missing);
    assert.match((await file('root', ['read', bundle, 'pipe'])).stderr, /is no regular file/);
    const linked = await file('root', ['write', bundle, 'hard'], 'inside\n');
    assert.equal(linked.code, 125);
    assert.match(linked.stderr, /has other names \(hard links\)/);
    await done('root', ['write', '--break-links', bundle, 'hard'], 'inside\n');
    assert.equal(readFileSync(path.join(rootfs, 'hard'), 'utf8'), 'inside\n');
    assert.equal(readFileSync(outside, 'utf8'), 'outside\n');
    assert.equal(await done('root', ['read', bundle, '/../../deep/new\nline "$(id)"']), 'x');
    await done('root', ['remove', '--recursive', bundle, 'out']);
    assert.equal(readFileSync(outside, 'utf8'), 'outside\n');
    const mounted = spawnSync(
      'unshare',
      [
        ...['--mount', '--propagation', 'private', 'sh', '-c'],
        'mount -t tmpfs t deep && printf "/deep/x\\0any\\0x" | "$0" file write same keep 1 3<.',
        init(),
      ],
      { cwd: rootfs, encoding: 'utf8' },
    );
    assert.equal(mounted.status, 8, mounted.stderr);
  });

  it('never writes outside while folders and files become links, 1,000 times', function () {
    const swapper = path.join(place.folder, 'swapper');
    compile(this, 'swapper.c', swapper);
    const [rootfs, outside] = [path.join(place.folder, 'swap'), path.join(place.folder, 'target')];
    for (const folder of [path.join(rootfs, 'etc'), outside]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'motd'), 'old\n');
    }
    symlinkSync(outside, path.join(rootfs, 'etc.link'));
    symlinkSync(path.join(outside, 'motd'), path.join(rootfs, 'etc/motd.link'));
    const script = `
      cd etc; "$2" motd motd.link 5000 & two=$!
      cd ..; "$2" etc etc.link 500 & one=$!
      i=0; while [ $i -lt 1000 ]; do i=$((i + 1))
        printf '/etc/motd\\0any\\0new\\n' | "$1" file write same break 4 3<. >/dev/null 2>&1 && echo saved
      done; kill $one $two; wait || true`;
    const saved = sh(script, rootfs, init(), swapper);
    assert.ok(saved.split('\n').length > 10, 'some were saved');
    assert.deepEqual(readdirSync(outside), ['motd']);
    assert.equal(readFileSync(path.join(outside, 'motd'), 'utf8'), 'old\n');
  });

  it('leaves the old file or the new one, wherever it is killed or the disk is full', function () {
    skipWithSanitizers(this, 'it opens files of its own, and another one would be refused');
    const rootfs = path.join(place.folder, 'killed');
    mkdirSync(path.join(rootfs, 'etc'), { recursive: true });
    const motd = path.join(rootfs, 'etc/motd');
    writeFileSync(motd, 'old'.repeat(50_000));
    chmodSync(motd, 0o640);
    const save = (content: string) => `/etc/motd\0any\0${content}`;
    const strace = ['strace', '-qq', '-o', '/dev/null'];
    /** As on a file system without O_TMPFILE: the first one opens the folder. */
    const noTemporary = 'inject=openat:error=EOPNOTSUPP:when=2';
    const killedAt = (call: string, when: number, fault: readonly string[] = []) =>
      tool(rootfs, ['write', 'same', 'keep', '150000'], save('new'.repeat(50_000)), [
        ...strace,
        ...fault,
        '-e',
        `inject=${call}:signal=KILL:when=${when}`,
      ]);
    /** The names of what is left beside the file. */
    const left = () => readdirSync(path.join(rootfs, 'etc')).filter((name) => name !== 'motd');
    for (const call of ['write', 'fsync', 'linkat', 'renameat', 'chmod', 'chown', 'exit_group']) {
      for (let when = 1; when <= 3; when++) {
        writeFileSync(motd, 'old'.repeat(50_000));
        const { status } = killedAt(call, when);
        const now = readFileSync(motd, 'utf8');
        const where = `${call} ${when}`;
        assert.ok(/^(old)+$|^(new)+$/.test(now) && now.length === 150_000, where);
        assert.equal(statSync(motd).mode & 0o777, 0o640);
        if (when === 1 && call !== 'chown') assert.notEqual(status, 0, `not killed at ${where}`);
        // What is left in the moment between link(2) and rename(2) goes with the next save.
        const most = call === 'renameat' && when === 1 ? 1 : 0;
        assert.equal(left().length, most, where);
        assert.ok(left().every((name) => /^\.terrarium-save-[\da-f]+$/.test(name)));
        if (status === 0) break;
      }
    }
    // The helper sweeps it, also where the file system has no O_TMPFILE, but none of a save that goes on.
    killedAt('renameat', 1);
    killedAt('fsync', 1, ['-e', noTemporary]);
    // The second save has removed what the first one left.
    assert.equal(left().length, 1);
    const [name = ''] = left();
    const sweep = (...before: string[]) => tool(rootfs, ['sweep', 'same'], save(''), before).status;
    assert.equal(sweep('flock', path.join(rootfs, 'etc', name)), 0);
    assert.deepEqual(left(), [name], 'that of a save that goes on stays');
    assert.equal(sweep(), 0);
    assert.deepEqual(left(), []);

    // A helper that ends on the way has given a part.
    const before = readFileSync(motd, 'utf8');
    for (const fault of [[], [...strace, '-e', noTemporary]])
      for (const content of ['', 'new', 'longer']) {
        const { status } = tool(rootfs, ['write', 'same', 'keep', '4'], save(content), fault);
        assert.equal(status, 12, content);
      }
    assert.equal(readFileSync(motd, 'utf8'), before);
    assert.deepEqual(left(), []);

    const full = spawnSync(
      'unshare',
      [
        ...['--mount', '--propagation', 'private', 'sh', '-euc'],
        `mount -t tmpfs -o size=256k t "$1"; cd "$1"; mkdir etc; printf old > etc/motd
        (printf '/etc/motd\\0any\\0'; head -c 1000000 /dev/zero) | "$0" file write same keep 1000000 3<. || echo "status $?"
        ls -A etc; cat etc/motd`,
        ...[init(), rootfs],
      ],
      { encoding: 'utf8' },
    );
    assert.match(full.stderr, /No space left on device/);
    assert.equal(full.stdout, 'status 12\nmotd\nold');
  });

  it('does not take an answer that cannot be written for a file that is there already', async () => {
    const rootfs = path.join(await place.bundle('sudo'), 'rootfs');
    const folder = path.join(rootfs, 'many');
    mkdirSync(folder);
    // Longer than what is written at once.
    for (let index = 0; index < 100; index++)
      writeFileSync(path.join(folder, `${index}${'x'.repeat(200)}`), '');
    const toFull = ['sh', '-c', 'exec "$@" >/dev/full', 'sh'];
    const { status, stderr } = tool(rootfs, ['list', 'same', '1000'], '/many\0', toFull);
    assert.match(String(stderr), /the answer/);
    assert.equal(status, 12);
  });

  it('is saved through the helper that serves: conflicts, sizes, and what a running container sees', async () => {
    const served = await Served.start(place, 'sudo');
    const client = await served.connect();
    const { rpc } = client;
    const bundle = await place.bundle('sudo');
    const motd = path.join(bundle, 'rootfs/etc/motd');
    writeFileSync(motd, 'one\n');
    chownSync(motd, 0, 0);
    const at = { bundle, kind: 'bundle', path: '/etc/motd' } as const;
    const write = (text: string, expected: string) =>
      rpc.request('writeRootfsFile', {
        ...{ ...at, expected, breakLinks: false },
        base64: Buffer.from(text).toString('base64'),
      });
    const codeOf = (wrong: Promise<unknown>) =>
      wrong.then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    const { id, console } = await rpc.request('start', {
      ...{ bundle, kind: 'bundle', layer: true, ...size },
    });
    const terminal = await client.attach(console);
    // It is remembered inside from here on.
    terminal.type('cat /etc/motd; echo read-$((1 + 1))\r');
    await terminal.shows(/one\s+read-2/);
    const { stat, base64 } = await rpc.request('readRootfsFile', at);
    assert.equal(Buffer.from(base64, 'base64').toString(), 'one\n');
    const next = await write('two\n', stat.tag);
    assert.equal(await codeOf(write('three\n', stat.tag)), 'file-changed');
    assert.equal(await codeOf(write('three\n', 'none')), 'file-exists');
    terminal.type('cat /etc/motd; echo read-$((2 + 1))\r');
    await terminal.shows(/two\s+read-3/);
    await write('x'.repeat(maxFileBytes), next.tag);
    const large = await rpc.request('statRootfsFile', at);
    assert.deepEqual([large.size, large.uid, large.gid], [maxFileBytes, 0, 0]);
    assert.equal(await codeOf(write('x'.repeat(maxFileBytes + 3), 'any')), 'helper-answer');
    writeFileSync(motd, 'x'.repeat(maxFileBytes + 1));
    assert.equal(await codeOf(rpc.request('readRootfsFile', at)), 'file-too-large');
    const missing = rpc.request('statRootfsFile', { ...at, path: '/etc/none' });
    assert.equal(await codeOf(missing), 'file-missing');
    await rpc.request('stop', { id, graceMs });
    await rpc.request('removeLayer', { bundle });
    await served.stop();
  });
});
