import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { discoverBundles } from '../../../../src/ui/model/discoverBundles';

describe('discoverBundles', () => {
  let root: string;
  const bundle = async (...parts: string[]) => {
    const folder = path.join(root, ...parts);
    await mkdir(path.join(folder, 'rootfs/bin'), { recursive: true });
    await writeFile(path.join(folder, 'config.json'), '{}');
    return folder;
  };
  const folders = async () => (await discoverBundles([root])).bundles.map(({ folder }) => folder);

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'terrarium-discover-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('finds bundles down to the third level and no further', async () => {
    const wanted = [await bundle('a'), await bundle('b/c'), await bundle('b/d/e')];
    await bundle('b/d/f/g');
    assert.deepEqual((await folders()).sort(), wanted.sort());
  });

  it('finds the workspace folder itself', async () => {
    await bundle('.');
    assert.deepEqual(await folders(), [root]);
  });

  it('never looks into a rootfs', async () => {
    const outer = await bundle('a');
    await bundle('a/rootfs/inner');
    assert.deepEqual(await folders(), [outer]);
  });

  it('passes over node_modules, .git and containers that are still being made', async () => {
    await bundle('node_modules/a');
    await bundle('.git/a');
    await bundle('.a.new-xyz');
    assert.deepEqual(await folders(), []);
  });

  it('takes no config.json without a rootfs, and no rootfs or folder that is a link', async () => {
    await writeFile(path.join(root, 'config.json'), '{}');
    await mkdir(path.join(root, 'linked'));
    await writeFile(path.join(root, 'linked/config.json'), '{}');
    await symlink('/', path.join(root, 'linked/rootfs'));
    await symlink(root, path.join(root, 'loop'));
    assert.deepEqual(await folders(), []);
  });

  it('finds a tree with its config.json beside it, and bundles beside those', async () => {
    const inner = await bundle('inner');
    await mkdir(path.join(root, 'tree/bin'), { recursive: true });
    await writeFile(path.join(root, 'tree/bin/sh'), '');
    await writeFile(path.join(root, 'config.json'), '{"root":{"path":"tree"}}');
    const found = await discoverBundles([root]);
    assert.deepEqual(
      found.bundles.map(({ rootfs }) => rootfs),
      [path.join(root, 'tree'), path.join(inner, 'rootfs')],
    );
    assert.deepEqual(found.rootfsFolders, []);
  });

  it('takes no rootfs outside of the bundle, and finds one whose config.json is broken', async () => {
    await mkdir(path.join(root, 'a'));
    await writeFile(path.join(root, 'a/config.json'), '{"root":{"path":"../"}}');
    const broken = await bundle('b');
    await writeFile(path.join(broken, 'config.json'), '{"root":');
    assert.deepEqual(await folders(), [broken]);
  });

  it('takes a rootfs outside of the bundle where the person allows it, and nothing that lies in it', async () => {
    const tree = path.join(root, 'trees/debian');
    await mkdir(path.join(tree, 'bin'), { recursive: true });
    await writeFile(path.join(tree, 'bin/sh'), '');
    await chmod(path.join(root, 'trees'), 0o755);
    await bundle('trees/debian/inner');
    const box = path.join(root, 'box');
    await mkdir(box);
    const config = '{"ociVersion":"1.0.2","root":{"path":"../trees/debian"}}';
    await writeFile(path.join(box, 'config.json'), config);
    const found = async (...folders: string[]) => {
      const allowed = { folders, person: process.geteuid!() };
      const { bundles, rootfsFolders } = await discoverBundles([root], allowed);
      return [bundles.map(({ rootfs }) => rootfs), rootfsFolders.map(({ folder }) => folder)];
    };
    assert.deepEqual(await found(path.join(root, 'trees')), [[tree], []]);
    for (const other of [box, '/', path.join(root, 'none')])
      assert.deepEqual(await found(other), [[], [tree]]);
    await rm(tree, { recursive: true });
    await symlink('/', tree);
    assert.deepEqual(await found(path.join(root, 'trees')), [[], []]);
  });

  it('lists a bundle once where two workspace folders hold it', async () => {
    const folder = await bundle('a');
    const both = await discoverBundles([root, folder]);
    assert.equal(both.bundles.length, 1);
  });

  it('finds plain folders with a shell, also an absolute link that only holds inside', async () => {
    await mkdir(path.join(root, 'target/bin'), { recursive: true });
    await writeFile(path.join(root, 'target/bin/busybox'), '');
    await symlink('/bin/busybox', path.join(root, 'target/bin/sh'));
    const target = path.join(root, 'target');
    assert.deepEqual((await discoverBundles([root])).rootfsFolders, [
      { folder: target, real: await realpath(target) },
    ]);
  });

  it('says of a bundle with a shell beside its config.json that it could be either', async () => {
    const plain = await bundle('plain');
    const both = await bundle('both');
    await mkdir(path.join(both, 'bin'));
    await writeFile(path.join(both, 'bin/sh'), '');
    const own = path.join(root, 'own');
    await mkdir(path.join(own, 'bin'), { recursive: true });
    await writeFile(path.join(own, 'bin/sh'), '');
    await writeFile(path.join(own, 'config.json'), '{"ociVersion":"1.0.2","root":{"path":"."}}');
    const found = await discoverBundles([root]);
    assert.deepEqual(found.bundles.map(({ folder, isAmbiguous }) => [folder, isAmbiguous]).sort(), [
      [both, true],
      [plain, false],
    ]);
    assert.deepEqual(found.rootfsFolders, [{ folder: own, real: await realpath(own) }]);
  });

  it('finds nothing in a folder that is not there', async () => {
    assert.deepEqual(await discoverBundles([path.join(root, 'gone')]), {
      bundles: [],
      rootfsFolders: [],
      takenFolders: [],
    });
  });
});
