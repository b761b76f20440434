import assert from 'node:assert/strict';
import { chmodSync, chownSync } from 'node:fs';
import path from 'node:path';
import { isOutside, rootfsBelowWords, rootfsOf } from '../../../../src/core/bundle/rootfsOf';
import { plant, temporaryFolder } from './temporaryFolder';

const stranger = 54_321;

describe('rootfsOf', () => {
  const folder = temporaryFolder();
  const at = (...names: string[]) => path.join(folder(), ...names);
  const find = (configured: string, ...below: string[]) =>
    rootfsOf(at('box'), configured, { folders: below, person: process.geteuid!() });

  beforeEach(() => {
    plant(folder(), { box: null, 'trees/debian/bin': null, 'other/tree': null });
    for (const name of ['trees', 'other']) chmodSync(at(name), 0o755);
  });

  it('finds one below an allowed folder, or that folder itself', async () => {
    const debian = at('trees/debian');
    for (const configured of [debian, '../trees/debian', '../box/../trees/./debian/'])
      assert.equal(await find(configured, at('other'), at('trees')), debian, configured);
    assert.equal(await find(debian, debian), debian);
    assert.equal(await find(debian, at('missing'), `${at('trees')}/`), debian);
  });

  it('still finds one below the bundle, whatever is allowed', async () => {
    plant(at('box'), { rootfs: null });
    assert.equal(await find('rootfs'), at('box/rootfs'));
    chmodSync(at('trees'), 0o777);
    assert.equal(await find('rootfs', at('trees')), at('box/rootfs'));
  });

  it('names the option and the setting where nothing allows it', async () => {
    for (const below of [[], [at('other')], [at('tree')], [at('trees/debian/bin')]])
      await assert.rejects(find(at('trees/debian'), ...below), {
        code: 'rootfs-outside',
        remedy: /root\.path.*terrarium\.rootfsBelow.*--rootfs-below FOLDER/,
      });
    await assert.rejects(rootfsOf(at('box'), at('trees/debian')), { code: 'rootfs-outside' });
  });

  it('takes the real path of an allowed folder, by whatever name it was given', async () => {
    plant(folder(), { link: '-> trees', 'deep/er': null });
    const debian = at('trees/debian');
    assert.equal(await find(at('link/debian'), at('link')), debian);
    assert.equal(await find(debian, at('link')), debian);
    assert.equal(await find(debian, `${at('deep/er')}/../../trees`), debian);
    // A name of the tree that nobody has allowed is another place.
    await assert.rejects(find(at('link/debian'), at('trees')), { code: 'rootfs-outside' });
  });

  it('takes “..” of an allowed folder as the kernel does, and not as text', async () => {
    plant(folder(), { 'far/away/trees': null, jump: '-> far/away' });
    // `jump/../trees` is far/trees, which is not there.
    await assert.rejects(find(at('trees/debian'), `${at('jump')}/../trees`), {
      code: 'rootfs-outside',
    });
  });

  it('follows no link below an allowed folder', async () => {
    plant(folder(), { 'trees/host': '-> /', 'trees/away': `-> ${at('other')}` });
    for (const [name, code] of [
      ['host', 'rootfs-symlink'],
      ['host/etc', 'rootfs-symlink'],
      ['away/tree', 'rootfs-symlink'],
      ['none', 'rootfs-missing'],
    ] as const)
      await assert.rejects(find(at('trees', name), at('trees')), { code }, name);
    plant(at('trees'), { file: 'x' });
    await assert.rejects(find(at('trees/file'), at('trees')), { code: 'rootfs-not-directory' });
    await assert.rejects(find(at('trees/debian/../../other/tree'), at('trees')), {
      code: 'rootfs-outside',
    });
  });

  it('allows neither / nor a folder that others may write to, or may put another in the place of', async () => {
    const debian = at('trees/debian');
    const unfit = async (below: string, reason: RegExp, of = debian) =>
      assert.rejects(find(of, below), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'rootfs-below-unfit');
        assert.match(error.message, reason);
        return true;
      });
    await unfit('/', /root of this machine/);
    for (const mode of [0o777, 0o775, 0o1777]) {
      chmodSync(at('trees'), mode);
      await unfit(at('trees'), new RegExp(`others may write to it \\(mode ${mode.toString(8)}\\)`));
    }
    chmodSync(at('trees'), 0o777);
    await unfit(debian, /others may write to \S+trees \(mode 777\)/);
    assert.equal(await find(at('other/tree'), at('trees'), at('other')), at('other/tree'));
    chmodSync(at('trees'), 0o1777); // nobody else renames what is in it
    assert.equal(await find(debian, debian), debian);
    chmodSync(at('trees'), 0o755);
    if (process.geteuid!() === 0) {
      chownSync(at('trees'), stranger, -1);
      await unfit(at('trees'), /it belongs to the user 54321/);
    } else {
      const allowed = { folders: [at('trees')], person: stranger };
      await assert.rejects(rootfsOf(at('box'), debian, allowed), { code: 'rootfs-below-unfit' });
    }
  });

  it('lets the person own it where root looks', async function () {
    if (process.geteuid!() !== 0) this.skip();
    for (const name of ['', 'trees']) chownSync(at(name), stranger, -1);
    const allowed = { folders: [at('trees')], person: stranger };
    const debian = at('trees/debian');
    assert.equal(await rootfsOf(at('box'), debian, allowed), debian);
  });

  it('is no folder that holds its own bundle, by any name', async () => {
    plant(folder(), { again: '-> .' });
    for (const [configured, below] of [
      ['.', at()],
      ['..', at()],
      [at(), at()],
      [at('again'), at('again')],
      [at('again/box'), at('again')],
    ] as const)
      await assert.rejects(find(configured, below), { code: 'rootfs-holds-bundle' }, configured);
    await assert.rejects(find('.'), { code: 'rootfs-holds-bundle' });
    await assert.rejects(rootfsOf(at('box'), '.'), { code: 'rootfs-outside' });
  });

  it('says what lies outside, and how a command of the helper is told', () => {
    assert.equal(isOutside('/a/box', '/a/box/rootfs'), false);
    for (const rootfs of ['/a/box', '/a', '/a/boxes/rootfs', '/'])
      assert.equal(isOutside('/a/box', rootfs), true, rootfs);
    assert.deepEqual(rootfsBelowWords(['/a b', '-x']), [
      '--rootfs-below=/a b',
      '--rootfs-below=-x',
    ]);
  });
});
