/** Take Ownership and its undo, by the helper and on the command line, and what others try with them. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  type Stats,
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'mocha';
import { recordFolder, recordName } from '../../src/core/fs/ownershipRecord';
import { skipBecause } from '../skip';
import { Workplace, ended, privileges, usePlace } from './containers';
import { compile, requireFuse } from './compile';
import { type Client, Served, useServed } from './serving';

/** cap_net_raw=ep, VFS_CAP_REVISION_2. */
const netRaw = '0sAQAAAgAgAAAAAAAAAAAAAAAAAAA=';
/** How often it is played against somebody who swaps folders. */
const rounds = 12;

describe('taking ownership', function () {
  this.timeout(180_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  const records: string[] = [];
  afterEach(() => {
    for (const file of records.splice(0)) rmSync(file, { force: true });
  });

  /** A bundle of the person with a rootfs of root's, as debootstrap leaves it, and a few special files. */
  async function rootsTree(): Promise<{ bundle: string; inside: (file: string) => string }> {
    const bundle = await place.bundle('sudo');
    const inside = (file: string) => path.join(bundle, 'rootfs', file);
    assert.equal(spawnSync('chown', ['-R', '-h', '0:0', inside('.')]).status, 0);
    writeFileSync(inside('etc/mail'), 'mail');
    chownSync(inside('etc/mail'), 0, 8);
    chmodSync(inside('etc/mail'), 0o640);
    cpSync(inside('bin/busybox'), inside('bin/su-real'));
    chmodSync(inside('bin/su-real'), 0o4755);
    records.push(
      path.join(recordFolder(true), recordName(lstatSync(inside('.'), { bigint: true }))),
    );
    return { bundle, inside };
  }
  const request = (bundle: string, file = '/') => ({
    ...{ bundle, kind: 'bundle' as const, path: file },
  });
  const owner = ({ uid, gid, mode }: Stats) => `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
  const person = () => `${place.user.uid}:${place.user.gid}`;

  describe('sudo', () => {
    let client: Client;
    useServed(
      () => place,
      'sudo',
      (connected) => (client = connected),
    );

    it('says in numbers what would change, changes it, and gives it back', async () => {
      const { bundle, inside } = await rootsTree();
      spawnSync('mknod', [inside('dev/disk'), 'b', '7', '200']);
      symlinkSync('/etc/passwd', inside('link'));
      const passwd = owner(statSync('/etc/passwd'));
      const report = await client.rpc.request('lookAtOwnership', request(bundle));
      assert.ok(report.files.count > 100, `${report.files.count}`);
      assert.deepEqual(report.owners, [0]);
      assert.deepEqual(report.setId, { count: 1, names: ['/bin/su-real'] });
      assert.deepEqual(report.devices, { count: 1, names: ['/dev/disk'] });
      assert.equal(statSync(inside('etc/mail')).uid, 0, 'nothing was changed');

      const { changed } = await client.rpc.request('takeOwnership', request(bundle));
      assert.equal(changed, report.files.count);
      assert.equal(owner(statSync(inside('etc/mail'))), `${person()} 640`, 'modes are kept');
      assert.equal(owner(statSync(inside('bin/su-real'))), `${person()} 755`, 'but not setuid');
      assert.equal(lstatSync(inside('link')).uid, place.user.uid, 'a link itself');
      assert.equal(owner(statSync('/etc/passwd')), passwd, 'and not what it points to');
      assert.equal(statSync(inside('dev/disk')).uid, 0, 'a disk stays closed');
      assert.deepEqual(
        await client.rpc.request('lookAtOwnership', request(bundle)).then(({ files }) => files),
        { count: 0, names: [] },
      );
      const record = records.at(-1)!;
      assert.equal(owner(statSync(record)), '0:0 600');

      const undone = await client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
      assert.deepEqual(undone, {
        restored: changed,
        withoutBits: { count: 0, names: [] },
        gone: 0,
      });
      assert.equal(owner(statSync(inside('etc/mail'))), '0:8 640');
      assert.equal(owner(statSync(inside('bin/su-real'))), '0:0 4755');
      assert.equal(owner(statSync('/etc/passwd')), passwd);
      assert.equal(existsSync(record), false);
      await assert.rejects(
        client.rpc.request('undoOwnership', { bundle, kind: 'bundle' }),
        /There is no record/,
      );
    });

    it('keeps a record that grows with the files and not with their depth', async () => {
      const { bundle, inside } = await rootsTree();
      // A process in a container makes paths as long as it likes, each name from the folder before.
      const script =
        "for (let i = 0; i < 300; i++) { fs.mkdirSync('d'.repeat(200)); process.chdir('d'.repeat(200)); }";
      const made = spawnSync(process.execPath, ['-e', script], { cwd: inside('etc') });
      assert.equal(made.status, 0);
      const report = await client.rpc.request('lookAtOwnership', request(bundle, '/etc'));
      for (const name of report.files.names) assert.ok(name.length <= 501, name);
      const { changed } = await client.rpc.request('takeOwnership', request(bundle));
      assert.ok(changed > 300);
      const { size } = statSync(records.at(-1)!);
      assert.ok(size < 300 * changed, `${size} bytes for ${changed} files`);
      const undone = await client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
      assert.equal(undone.restored, changed);
      await client.rpc.request('deleteBundle', { bundle }); // rm(1) by Node would find its paths too long
    });

    it('tells of capabilities, and puts them back', async function () {
      const { bundle, inside } = await rootsTree();
      const ping = inside('bin/ping-real');
      cpSync(inside('bin/busybox'), ping);
      const set = spawnSync('setfattr', ['-n', 'security.capability', '-v', netRaw, ping]);
      if (set.status !== 0) skipBecause(this, 'no setfattr, or a file system without attributes');
      const has = () =>
        String(spawnSync('getfattr', ['-n', 'security.capability', '-e', 'base64', ping]).stdout);
      const report = await client.rpc.request('lookAtOwnership', request(bundle));
      assert.deepEqual(report.capabilities, { count: 1, names: ['/bin/ping-real'] });
      await client.rpc.request('takeOwnership', request(bundle));
      assert.equal(has(), '');
      await client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
      assert.match(has(), /0sAQAAAgAgAAAAAAAAAAAAAAAAAAA=/);
    });

    it('acts on the one file that was meant', async () => {
      const { bundle, inside } = await rootsTree();
      const report = await client.rpc.request('lookAtOwnership', request(bundle, '/etc/mail'));
      assert.deepEqual(report.files, { count: 1, names: ['/etc/mail'] });
      await client.rpc.request('takeOwnership', request(bundle, '/etc/mail'));
      assert.equal(statSync(inside('etc/mail')).uid, place.user.uid);
      assert.equal(statSync(inside('etc/passwd')).uid, 0);
      for (const [file, reason] of [
        ['/no/such', /no\/such in the rootfs does not exist/],
        ['/etc/../../config.json', /is no path of it/],
      ] as const)
        await assert.rejects(client.rpc.request('takeOwnership', request(bundle, file)), reason);
    });

    it('leaves a file with a hard link elsewhere, or where another user may make one', async () => {
      const { bundle, inside } = await rootsTree();
      const secret = path.join(path.dirname(bundle), 'secret');
      writeFileSync(secret, 'secret', { mode: 0o600 });
      linkSync(secret, inside('tmp/of-somebody')); // tmp is 1777
      writeFileSync(inside('tmp/twice'), '');
      linkSync(inside('tmp/twice'), inside('tmp/twice-again'));
      writeFileSync(inside('etc/pair'), '');
      linkSync(inside('etc/pair'), inside('bin/pair'));
      const { links } = await client.rpc.request('lookAtOwnership', request(bundle));
      assert.equal(links.count, 2, JSON.stringify(links));
      await client.rpc.request('takeOwnership', request(bundle));
      assert.equal(owner(statSync(secret)), '0:0 600');
      assert.equal(statSync(inside('tmp/twice')).uid, 0);
      assert.equal(
        statSync(inside('etc/pair')).uid,
        place.user.uid,
        'all its names are in the tree',
      );
      const one = await client.rpc.request('lookAtOwnership', request(bundle, '/tmp/of-somebody'));
      assert.deepEqual([one.files.count, one.links.count], [0, 1]);
    });

    it('makes no setuid program out of a record that came with the bundle', async () => {
      const { bundle, inside } = await rootsTree();
      const file = inside('bin/own');
      cpSync(inside('bin/busybox'), file);
      chownSync(file, place.user.uid, place.user.gid);
      const { ino, birthtimeNs, ctimeNs } = lstatSync(file, { bigint: true });
      const key = { ino: String(ino), born: String(birthtimeNs) };
      const forged = [
        { ...key, path: 'L2Jpbi9vd24=', uid: 0, gid: 0, mode: 0o4755, to: place.user.uid },
        { ...key, left: String(ctimeNs) },
      ]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join('');
      const name = recordName(lstatSync(inside('.'), { bigint: true }));
      const ofPerson = path.join(place.user.home, '.local/state/terrarium/ownership');
      for (const folder of [bundle, inside('.'), path.join(bundle, '.terrarium'), ofPerson]) {
        mkdirSync(folder, { recursive: true });
        for (const each of [name, 'ownership.jsonl'])
          writeFileSync(path.join(folder, each), forged);
      }
      const undo = client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
      await assert.rejects(undo, /There is no record/);
      assert.equal(owner(statSync(file)), `${person()} 755`);
      // And the place where one would be believed is root's alone.
      await client.rpc.request('takeOwnership', request(bundle, '/etc/mail'));
      for (const folder of [recordFolder(true), path.dirname(recordFolder(true))])
        assert.equal(owner(statSync(folder)), '0:0 711');
    });

    it('gives a file that was changed meanwhile to its owner, without the setuid bit', async () => {
      const { bundle, inside } = await rootsTree();
      await client.rpc.request('takeOwnership', request(bundle));
      appendFileSync(inside('bin/su-real'), 'changed');
      const undone = await client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
      assert.deepEqual(undone.withoutBits, { count: 1, names: ['/bin/su-real'] });
      assert.equal(owner(statSync(inside('bin/su-real'))), '0:0 755');
    });

    it('gives back only what is still that file, and still the person’s', async () => {
      const { bundle, inside } = await rootsTree();
      await client.rpc.request('takeOwnership', request(bundle));
      renameSync(inside('bin/su-real'), inside('bin/su-old'));
      cpSync(inside('bin/busybox'), inside('bin/su-real'));
      chownSync(inside('bin/su-real'), place.user.uid, place.user.gid);
      chownSync(inside('etc/mail'), 33, 33);
      const { gone } = await client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
      assert.equal(gone, 1);
      assert.equal(owner(statSync(inside('bin/su-real'))), `${person()} 755`);
      assert.equal(owner(statSync(inside('bin/su-old'))), '0:0 755');
      assert.equal(statSync(inside('etc/mail')).uid, 33);
    });

    it(`changes nothing elsewhere while a folder and a link change places, ${rounds} times`, async function () {
      const swapper = path.join(place.folder, 'swapper');
      compile(this, 'swapper.c', swapper);
      const elsewhere = path.join(place.folder, 'elsewhere');
      mkdirSync(path.join(elsewhere, 'deep'), { recursive: true });
      for (let index = 0; index < 20; index++)
        for (const folder of [elsewhere, path.join(elsewhere, 'deep')])
          writeFileSync(path.join(folder, `kept-${index}`), '', { mode: 0o600 });
      const kept = () =>
        readdirSync(elsewhere, { recursive: true, encoding: 'utf8' })
          .map((name) => `${name} ${owner(statSync(path.join(elsewhere, name)))}`)
          .sort();
      const before = kept();
      const { bundle, inside } = await rootsTree();
      let done = 0;
      for (let round = 0; round < rounds; round++) {
        const swapped = inside(`swapped-${round}`);
        mkdirSync(path.join(swapped, 'deep'), { recursive: true });
        for (let index = 0; index < 20; index++)
          writeFileSync(path.join(swapped, 'deep', `kept-${index}`), '');
        symlinkSync(elsewhere, `${swapped}.link`);
        const child = spawn(swapper, [swapped, `${swapped}.link`], { stdio: 'ignore' });
        try {
          await client.rpc.request(
            'takeOwnership',
            request(bundle, round % 2 ? '/' : `/swapped-${round}`),
          );
          done++;
        } catch (error) {
          assert.match(
            (error as Error).message,
            /was moved meanwhile|symbolic link|does not exist/,
          );
        } finally {
          await killed(child);
        }
        assert.deepEqual(kept(), before);
      }
      assert.ok(done > 0, 'it was never done');
    });
  });

  for (const privilege of privileges) {
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );

      it('is refused while the container runs, also one that a command line started', async () => {
        const bundle = await place.bundle(privilege);
        const { id } = await client.start(bundle);
        const refusal = /files of box are not changed while it runs.*Stop it first/s;
        for (const method of ['lookAtOwnership', 'takeOwnership'] as const)
          await assert.rejects(client.rpc.request(method, request(bundle)), refusal);
        const undo = client.rpc.request('undoOwnership', { bundle, kind: 'bundle' });
        await assert.rejects(undo, refusal);
        // Another program of the machine knows nothing of this helper.
        const other = await ended(place.start(privilege, ['ownership', 'take', bundle]));
        assert.equal(other.code, 125);
        assert.match(other.stderr, refusal);
        await client.rpc.request('stop', { id, graceMs: 0 });
        await client.rpc.request('lookAtOwnership', request(bundle));
      });
    });
  }

  describe('beside a container whose root is a FUSE that does not answer', () => {
    /** @param numberOf what its root has for a number, which it may choose itself */
    async function lookBeside(context: Context, numberOf: (bundle: string) => readonly string[]) {
      requireFuse(context);
      const served = await Served.start(place, 'root');
      const client = await served.connect();
      const bundle = await place.bundle('root');
      const silent = await place.bundle('root', 'notes', ({ process }) => {
        process.args = ['/unanswered', '/mnt', 'and goes there', ...numberOf(bundle)];
      });
      mkdirSync(path.join(silent, 'rootfs/mnt'), { recursive: true });
      compile(context, 'unanswered.c', path.join(silent, 'rootfs/unanswered'));
      const { id, console } = await client.start(silent);
      await (await client.attach(console)).shows(/^it stands$/m);
      const late = delay(8000).then(() => Promise.reject(new Error('no answer within 8 seconds')));
      const look = client.rpc.request('lookAtOwnership', request(bundle));
      const stop = async () => {
        await client.rpc.request('stop', { id, graceMs: 0 });
        await client.rpc.request('lookAtOwnership', request(bundle));
        await served.stop();
      };
      return { look: Promise.race([look, late]), stop };
    }

    it('is not held up', async function () {
      const { look, stop } = await lookBeside(this, () => []);
      await look;
      await stop();
    });

    it('refuses for as long as nobody knows whether that root is this one', async function () {
      const { look, stop } = await lookBeside(this, (bundle) => [
        String(statSync(path.join(bundle, 'rootfs')).ino),
      ]);
      await assert.rejects(look, /process \d+ has its root there/);
      await stop();
    });
  });

  it('gives a rootless person the files of their subordinate users, and back', async () => {
    const bundle = await place.bundle('rootless');
    const inside = (file: string) => path.join(bundle, 'rootfs', file);
    const script =
      'mkdir /m && echo x >/m/file && cp /bin/busybox /m/su && chown -R 5:5 /m && chmod 4711 /m/su && chmod 700 /m';
    const made = await place.run('rootless', bundle, ['/bin/sh', '-c', script]);
    assert.equal(made.code, 0, made.stderr);
    const before = ['m', 'm/file', 'm/su'].map((file) => owner(statSync(inside(file))));
    const served = await Served.start(place, 'rootless');
    const client = await served.connect();
    const report = await client.rpc.request('lookAtOwnership', request(bundle));
    assert.equal(report.files.count, 3);
    assert.deepEqual(report.owners, [statSync(inside('m')).uid]);
    assert.deepEqual(report.setId.names, ['/m/su']);
    await client.rpc.request('takeOwnership', request(bundle));
    for (const file of ['m', 'm/file', 'm/su'])
      assert.equal(statSync(inside(file)).uid, place.user.uid);
    assert.equal(statSync(inside('m/su')).mode & 0o7777, 0o711);
    await served.stop();
    // The editor adds nothing that the command cannot do.
    const undone = await ended(place.start('rootless', ['ownership', 'undo', bundle]));
    assert.equal(undone.code, 0, undone.stderr);
    assert.equal((JSON.parse(undone.stdout) as { restored: number }).restored, 3);
    assert.deepEqual(
      ['m', 'm/file', 'm/su'].map((file) => owner(statSync(inside(file)))),
      before,
    );
    assert.deepEqual(
      readdirSync(path.join(place.user.home, '.local/state/terrarium/ownership')),
      [],
    );
  });

  it('names an owner that is not mapped, and is not taken in by the kernel’s stand-in for it', async () => {
    const bundle = await place.bundle('rootless');
    const inside = (file: string) => path.join(bundle, 'rootfs', file);
    const script = 'mkdir /m && echo x >/m/nobodys && chown 65534:65534 /m/nobodys';
    const made = await place.run('rootless', bundle, ['/bin/sh', '-c', script]);
    assert.equal(made.code, 0, made.stderr);
    const nobody = statSync(inside('m/nobodys')).uid;
    for (const name of ['m/readable', 'm/closed'])
      writeFileSync(inside(name), 'x', { mode: 0o644 });
    chmodSync(inside('m/closed'), 0o600);
    const look = async (file: string) => {
      const looked = await ended(place.start('rootless', ['ownership', 'look', bundle, file]));
      assert.equal(looked.code, 0, looked.stderr);
      return (JSON.parse(looked.stdout) as { owners: unknown[] }).owners;
    };
    const unmapped = 'an id that is not mapped here';
    assert.deepEqual(await look('/m/nobodys'), [nobody]);
    assert.deepEqual(await look('/m/readable'), [unmapped]);
    assert.deepEqual(await look('/m/closed'), [unmapped]);
    assert.deepEqual(await look('/m'), [nobody, unmapped]);
    const before = statSync(inside('m/readable')).atimeMs;
    assert.deepEqual(await look('/m/readable'), [unmapped]);
    assert.equal(statSync(inside('m/readable')).atimeMs, before);
  });

  it('of root’s files says that they need sudo, without it', async () => {
    const { bundle, inside } = await rootsTree();
    const { code, stderr } = await ended(
      place.start('rootless', ['ownership', 'take', bundle, '/etc/mail']),
    );
    assert.equal(code, 125);
    assert.match(
      stderr,
      /1 file could not be changed.*\/etc\/mail.*Files that root made need root: use sudo/s,
    );
    assert.equal(statSync(inside('etc/mail')).uid, 0);
  });

  it('takes the record away with the container', async () => {
    const { bundle } = await rootsTree();
    const served = await Served.start(place, 'sudo');
    const client = await served.connect();
    await client.rpc.request('takeOwnership', request(bundle));
    const record = records.at(-1)!;
    assert.match(readFileSync(record, 'utf8'), /"mode":2541/);
    await client.rpc.request('deleteBundle', { bundle });
    assert.equal(existsSync(record), false);
    await served.stop();
  });

  it('deletes the folder that was confirmed, and no other that has its name by now', async () => {
    const bundle = await place.bundle('sudo');
    const { dev, ino } = statSync(bundle, { bigint: true });
    const inode = { dev: String(dev), ino: String(ino) };
    const other = await place.bundle('sudo');
    renameSync(bundle, `${bundle}-kept`);
    renameSync(other, bundle);
    const served = await Served.start(place, 'sudo');
    const client = await served.connect();
    const refused = client.rpc.request('deleteBundle', { bundle, inode });
    await assert.rejects(refused, /another folder than the one that was confirmed/);
    assert.ok(existsSync(path.join(bundle, 'rootfs/bin/busybox')));
    rmSync(bundle, { recursive: true });
    renameSync(`${bundle}-kept`, bundle);
    await client.rpc.request('deleteBundle', { bundle, inode });
    assert.equal(existsSync(bundle), false);
    await served.stop();
  });
});

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await gone;
}
