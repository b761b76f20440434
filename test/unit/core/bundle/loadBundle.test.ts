import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { truncateSync } from 'node:fs';
import { loadBundle } from '../../../../src/core/bundle/loadBundle';
import { plant, temporaryFolder, type Tree } from './temporaryFolder';

const config = (root?: string) =>
  JSON.stringify({
    ociVersion: '1.0.2',
    process: { args: ['/bin/sh'], cwd: '/' },
    ...(root === undefined ? {} : { root: { path: root } }),
  });

describe('loadBundle', () => {
  const folder = temporaryFolder();
  const bundle = () => path.join(folder(), 'box1');
  const load = (tree: Tree) => {
    plant(bundle(), tree);
    return loadBundle(bundle());
  };

  it('loads a bundle by its real path', async () => {
    await load({ 'config.json': config('rootfs'), rootfs: null });
    plant(folder(), { link: '-> box1' });
    const loaded = await loadBundle(path.join(folder(), 'link'));
    assert.equal(loaded.path, bundle());
    assert.equal(loaded.name, 'box1');
    assert.equal(loaded.rootfs, path.join(bundle(), 'rootfs'));
    assert.equal(loaded.config.process.args[0], '/bin/sh');
  });

  it('takes "rootfs" where root is left out, and an absolute path into the bundle', async () => {
    assert.equal((await load({ 'config.json': config(), 'rootfs/x': 'x' })).name, 'box1');
    plant(bundle(), { 'deep/er': null });
    const other = path.join(folder(), 'box2');
    plant(other, { 'config.json': config(path.join(other, 'deep/er')), 'deep/er': null });
    assert.equal((await loadBundle(other)).rootfs, path.join(other, 'deep/er'));
  });

  const refused: readonly (readonly [what: string, code: string, tree: Tree])[] = [
    ['a missing config.json', 'config-missing', { rootfs: null }],
    ['config.json as a folder', 'config-not-file', { 'config.json': null, rootfs: null }],
    ['config.json as a link', 'config-not-file', { 'config.json': '-> other', other: config() }],
    ['text that is not JSON', 'config-not-json', { 'config.json': 'hello', rootfs: null }],
    ['bytes that are not UTF-8', 'config-not-json', { 'config.json': Buffer.from([123, 255]) }],
    ['wrong types', 'config-invalid', { 'config.json': '{"ociVersion":1}', rootfs: null }],
    ['a missing rootfs', 'rootfs-missing', { 'config.json': config() }],
    ['a file as rootfs', 'rootfs-not-directory', { 'config.json': config(), rootfs: 'x' }],
    ['a link as rootfs', 'rootfs-symlink', { 'config.json': config(), rootfs: '-> /' }],
    ['a link on the way', 'rootfs-symlink', { 'config.json': config('a/b'), a: '-> /usr' }],
    ['a rootfs above the bundle', 'rootfs-outside', { 'config.json': config('../x') }],
    ['the host’s root as rootfs', 'rootfs-outside', { 'config.json': config('/') }],
    ['the bundle itself as rootfs', 'rootfs-outside', { 'config.json': config('.') }],
    ['a rootfs that only looks inside', 'rootfs-outside', { 'config.json': config('a/../../x') }],
  ];
  for (const [what, code, tree] of refused)
    it(`refuses ${what}`, () => assert.rejects(load(tree), { code, name: 'TerrariumError' }));

  it('does not wait for a FIFO', async () => {
    plant(bundle(), { rootfs: null });
    execFileSync('mkfifo', [path.join(bundle(), 'config.json')]);
    await assert.rejects(loadBundle(bundle()), { code: 'config-not-file' });
  });

  it('does not read a huge file whole', async () => {
    plant(bundle(), { 'config.json': '{', rootfs: null });
    truncateSync(path.join(bundle(), 'config.json'), 8 * 1024 ** 3);
    await assert.rejects(loadBundle(bundle()), { code: 'config-too-large' });
    truncateSync(path.join(bundle(), 'config.json'), 0);
  });

  it('says which folder is missing or is none', async () => {
    plant(folder(), { file: 'x' });
    await assert.rejects(loadBundle(path.join(folder(), 'no\x1b')), (error: Error) => {
      assert.match(error.message, /no\\x1b does not exist/);
      return true;
    });
    await assert.rejects(loadBundle(path.join(folder(), 'file')), { code: 'bundle-not-directory' });
  });

  it('says why a folder is none', async () => {
    plant(folder(), { file: 'x', loop: '-> loop', 'config.json': '{}' });
    for (const [name, message] of [
      ['file/below', /does not exist: a part of its path is a file\. Choose/],
      ['loop', /symbolic links that lead in a circle\. Choose/],
      ['x'.repeat(300), /has a name that is too long\. Choose/],
      ['config.json', /is not a folder\. Name the folder that it lies in/],
    ] as const)
      await assert.rejects(loadBundle(path.join(folder(), name)), message);
  });

  it('says in the editor and on the command line how a bundle is made', async () => {
    plant(folder(), { rootfs: null });
    await assert.rejects(loadBundle(folder()), {
      code: 'config-missing',
      remedy: /“New Container…” in the editor.*“runc spec”.*--folder on the command line/,
    });
  });
});
