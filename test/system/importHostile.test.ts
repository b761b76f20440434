/** Archives that were made to reach out of the folder that they are unpacked into, or to fill the disk. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type EntryOfTest, paxEntry, tarEntries, tarOf } from '../archives';
import {
  type Ended,
  type TestPrivilege,
  Workplace,
  ended,
  processesWith,
  until,
  usePlace,
} from './containers';
import { Confinement, endOf } from '../../src/helper/image/Confinement';
import { differences, manifestOf, sh } from './trees';

describe('importing hostile archives', function () {
  this.timeout(240_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  let victim: string;
  let before_: Map<string, string>;
  let made = 0;
  before(() => {
    victim = path.join(place.folder, 'victim');
    mkdirSync(victim);
    writeFileSync(path.join(victim, 'secret'), 'secret');
    chmodSync(victim, 0o777);
    chmodSync(path.join(victim, 'secret'), 0o666);
    before_ = manifestOf(victim);
  });
  afterEach(() => {
    assert.deepEqual(differences(before_, manifestOf(victim)), [], 'nothing outside has changed');
  });

  interface Outcome extends Ended {
    readonly parent: string;
    readonly inside: (file: string) => string;
  }
  function files(privilege: TestPrivilege, content: Buffer): { parent: string; archive: string } {
    const parent = path.join(place.folder, `hostile${made++}`);
    mkdirSync(parent);
    const archive = path.join(place.folder, `hostile${made}.tar`);
    writeFileSync(archive, content);
    if (privilege !== 'root') place.give(parent);
    return { parent, archive };
  }
  async function unpack(
    privilege: TestPrivilege,
    content: Buffer,
    ...options: string[]
  ): Promise<Outcome> {
    const { parent, archive } = files(privilege, content);
    const words = ['import', ...options, archive, path.join(parent, 'box')];
    const result = await ended(place.start(privilege, words));
    const inside = (file: string) => path.join(parent, 'box/rootfs', file);
    return { ...result, parent, inside };
  }
  function refused(outcome: Outcome, why: RegExp): void {
    assert.equal(outcome.code, 125, outcome.stdout);
    assert.match(outcome.stderr, why);
    assert.deepEqual(readdirSync(outcome.parent), [], 'and nothing is left');
  }
  const link = (name: string, linkName: string): EntryOfTest => ({ name, type: '2', linkName });
  const hard = (name: string, linkName: string): EntryOfTest => ({ name, type: '1', linkName });
  const file = (name: string, content = 'mine'): EntryOfTest => ({ name, content });
  let large: Buffer | undefined;
  /** Long enough to be met at half. */
  const many = () =>
    (large ??= tarOf(
      ...Array.from({ length: 40_000 }, (_, at) => file(`f${at}`, 'x'.repeat(3000))),
    ));

  for (const privilege of ['root', 'rootless'] as const)
    describe(privilege, () => {
      it('“..” in a name, and in the name of a link’s target', async () => {
        refused(
          await unpack(privilege, tarOf(file('../escape'))),
          /“\.\.” in its name: \.\.\/escape/,
        );
        refused(await unpack(privilege, tarOf(file('a/../../escape'))), /“\.\.” in its name/);
        refused(
          await unpack(privilege, tarOf(hard('a', '../victim/secret'))),
          /“\.\.” in its name/,
        );
        const long = [paxEntry({ path: '../escape' }), file('fine')];
        refused(await unpack(privilege, tarOf(...long)), /“\.\.” in its name/);
      });

      it('an absolute name is one below the root', async () => {
        const { code, stderr, inside } = await unpack(
          privilege,
          tarOf(file(path.join(victim, 'secret')), file('/etc/motd')),
        );
        assert.equal(code, 0, stderr);
        assert.equal(readFileSync(inside('etc/motd'), 'utf8'), 'mine');
        assert.equal(readFileSync(inside(path.join(victim, 'secret')), 'utf8'), 'mine');
      });

      it('a file through a link that leads out stays inside', async () => {
        const outside = `${'../'.repeat(20)}${victim.slice(1)}`;
        const { code, inside, stderr } = await unpack(
          privilege,
          tarOf(
            { name: `${victim.slice(1)}/`, type: '5', mode: 0o755 },
            ...[link('absolute', victim), link('relative', outside)],
            ...[file('absolute/one'), file('relative/two'), file('absolute/secret')],
          ),
        );
        assert.equal(code, 0, stderr);
        assert.deepEqual(readdirSync(inside(victim)).sort(), ['one', 'secret', 'two']);
        assert.equal(readlinkSync(inside('absolute')), victim, 'links are kept as they are');
      });

      it('a hard link to a file outside finds none', async () => {
        refused(
          await unpack(privilege, tarOf(hard('stolen', path.join(victim, 'secret')))),
          /stolen/,
        );
        const through = tarOf(link('way', victim), hard('stolen', 'way/secret'));
        refused(await unpack(privilege, through), /stolen/);
      });

      it('a file over a link replaces the link', async () => {
        const { code, stderr, inside } = await unpack(
          privilege,
          tarOf(link('a', path.join(victim, 'secret')), file('a'), file('b'), file('b', 'later')),
        );
        assert.equal(code, 0, stderr);
        assert.ok(lstatSync(inside('a')).isFile());
        assert.equal(
          readFileSync(inside('b'), 'utf8'),
          'later',
          'of duplicates the last one counts',
        );
      });

      it('names in another case are other names', async () => {
        const { inside } = await unpack(privilege, tarOf(file('A', '1'), file('a', '2')));
        assert.deepEqual(
          [readFileSync(inside('A'), 'utf8'), readFileSync(inside('a'), 'utf8')],
          ['1', '2'],
        );
      });

      it('setuid programs are named, and the bundle is closed to others', async () => {
        const { stdout, parent } = await unpack(privilege, tarOf({ ...file('su'), mode: 0o4755 }));
        assert.match(stdout, /"setId": \{\s*"count": 1,\s*"names": \[\s*"\/su"/);
        assert.equal(lstatSync(path.join(parent, 'box')).mode & 0o777, 0o700);
      });

      it('what is cut off, or no archive, leaves nothing', async () => {
        const whole = tarEntries([file('a'), file('b', 'x'.repeat(5000))]);
        refused(await unpack(privilege, whole.subarray(0, whole.length - 600)), /in the middle/);
        refused(await unpack(privilege, gzipSync(whole).subarray(0, 80)), /gzip|in the middle/);
        refused(
          await unpack(privilege, Buffer.from('hello, I am no archive'.repeat(100))),
          /is no tar archive/,
        );
        refused(await unpack(privilege, Buffer.from('short')), /is no tar archive/);
        refused(await unpack(privilege, tarOf({ name: '', type: '0' })), /no name/);
        refused(await unpack(privilege, tarOf(link('.', '/'))), /place of the root/);
      });

      it('an archive that unpacks to far more is asked about', async () => {
        const zeros = { name: 'zeros', content: Buffer.alloc(600 * 1024 * 1024) };
        const bomb = gzipSync(tarOf(zeros));
        refused(
          await unpack(privilege, bomb),
          /unpacks to more than .* times its own size.*--max-size/,
        );
        refused(
          await unpack(privilege, tarOf(file('a', 'x'.repeat(9000))), '--max-size', '4K'),
          /more than/,
        );
        assert.equal((await unpack(privilege, bomb, '--max-size', '1G')).code, 0);
      });

      it('a tree as deep as a path can be leaves nothing', async () => {
        const deep = paxEntry({ path: `${'a/'.repeat(2040)}f` });
        refused(
          await unpack(
            privilege,
            tarOf(deep, file('f'), file('big', 'x'.repeat(700_000)), file('../escape')),
          ),
          /“\.\.”/,
        );
      });

      it('control characters in names reach no terminal', async () => {
        const { stdout } = await unpack(
          privilege,
          tarOf({ ...file('a\u009b31m\u202eb'), mode: 0o4755 }),
        );
        assert.match(stdout, /a\\\\x9b31m\\\\u202eb/);
        assert.doesNotMatch(stdout, /[\u009b\u202e]/u);
      });

      it('cancelled at half leaves nothing', async () => {
        const { parent, archive } = files(privilege, many());
        const child = place.start(privilege, [
          'import',
          '--progress',
          archive,
          path.join(parent, 'box'),
        ]);
        let progress = '';
        child.stderr!.on('data', (text: Buffer) => (progress += text.toString()));
        await until('entries', () => /"entries":[1-9]\d{2}/.test(progress));
        assert.equal(readdirSync(parent).length, 1);
        child.kill('SIGTERM');
        const { code, stderr } = await ended(child);
        assert.equal(code, 125);
        assert.match(stderr, /was cancelled/);
        assert.deepEqual(readdirSync(parent), []);
      });
    });

  it('an unpacker that is killed at half leaves nothing', async () => {
    const { parent, archive } = files('root', many());
    const child = place.start('root', ['import', '--progress', archive, path.join(parent, 'box')]);
    let progress = '';
    child.stderr!.on('data', (text: Buffer) => (progress += text.toString()));
    await until('entries', () => /"entries":[1-9]\d{2}/.test(progress));
    // unshare(1), and tar as its child.
    process.kill(processesWith('./tar -C / --extract').at(-1)!, 'SIGKILL');
    const { code, stderr } = await ended(child);
    assert.equal(code, 125);
    assert.match(stderr, /The archive cannot be unpacked: tar says “/);
    assert.deepEqual(readdirSync(parent), []);
  });

  it('a full disk leaves nothing, and is said', async () => {
    const big = { name: 'big', content: Buffer.alloc(16 * 1024 ** 2) };
    const { parent, archive } = files('root', tarOf(big));
    sh('mount -t tmpfs -o size=8m tmpfs "$1"', '/', parent);
    try {
      const words = ['import', archive, path.join(parent, 'box')];
      const { code, stderr } = await ended(place.start('root', words));
      assert.equal(code, 125);
      assert.match(stderr, /tar says “.*Make room on the disk/);
      assert.deepEqual(readdirSync(parent), []);
    } finally {
      sh('umount "$1"', '/', parent);
    }
  });

  it('device nodes open nothing where the unpacker is', async () => {
    const { inside } = await unpack('root', tarOf({ name: 'null', type: '3', major: 1, minor: 3 }));
    const confinement = await Confinement.make();
    const folder = path.dirname(inside('null'));
    const capabilities = '-all,+dac_override,+mknod';
    const child = await confinement.run('cat', ['/null'], { folder, capabilities });
    child.stdin.end();
    child.stdout.resume();
    const { ok, said } = await endOf(child);
    assert.equal(ok, false);
    assert.match(said, /\/null: Permission denied/);
  });

  it('as root makes device nodes, and rootless writes down what they were', async () => {
    const disk = tarOf({ name: 'sda', type: '4', major: 8, minor: 0 });
    const asRoot = await unpack('root', disk);
    assert.ok(lstatSync(asRoot.inside('sda')).isBlockDevice());
    const rootless = await unpack('rootless', disk);
    assert.equal(existsSync(rootless.inside('sda')), false);
  });
});
