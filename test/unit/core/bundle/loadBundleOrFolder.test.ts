import assert from 'node:assert/strict';
import {
  defaultConfigFor,
  kindOf,
  loadBundleOrFolder,
} from '../../../../src/core/bundle/loadBundleOrFolder';
import { OciConfig } from '../../../../src/core/config/schema';
import { plant, temporaryFolder } from './temporaryFolder';

describe('loadBundleOrFolder', () => {
  const folder = temporaryFolder();
  const config = JSON.stringify({
    ociVersion: '1.0.2',
    process: { args: ['/from/config.json'], cwd: '/' },
    root: { path: 'rootfs' },
    mounts: [],
    linux: { namespaces: [{ type: 'mount' }] },
  });

  it('makes a good configuration of any folder name', () => {
    for (const name of ['target', 'my box', '.hidden', '容器', '-x', 'x'.repeat(300), 'a\nb']) {
      const config = defaultConfigFor(name);
      assert.ok(OciConfig.safeParse(config).success, name);
      assert.match(config.hostname ?? '', /^[A-Za-z0-9]/);
    }
  });

  it('starts a plain folder with the default configuration, also where a container left a config.json in it', async () => {
    plant(folder(), { 'bin/sh': 'x', 'config.json': '{"hooks":{}}' });
    const bundle = await loadBundleOrFolder(folder());
    assert.equal(bundle.rootfs, folder());
    assert.deepEqual(bundle.config.process.args, ['/bin/sh']);
  });

  it('takes everything else as a bundle', async () => {
    await assert.rejects(loadBundleOrFolder(folder()), { code: 'config-missing' });
  });

  it('refuses what looks like a bundle and like a root filesystem, unless it is said which is meant', async () => {
    plant(folder(), { 'bin/sh': 'x', 'rootfs/bin/sh': 'x', 'config.json': config });
    await assert.rejects(loadBundleOrFolder(folder()), { code: 'bundle-or-folder' });
    const bundle = await loadBundleOrFolder(folder(), 'bundle');
    assert.equal(kindOf(bundle), 'bundle');
    assert.deepEqual(bundle.config.process.args, ['/from/config.json']);
    const plain = await loadBundleOrFolder(folder(), 'folder');
    assert.equal(kindOf(plain), 'folder');
    assert.deepEqual(plain.config.process.args, ['/bin/sh']);
  });

  it('never takes one for the other where it is said which is meant', async () => {
    plant(folder(), { 'tree/bin/sh': 'x', 'box/rootfs': null, 'box/config.json': config });
    await assert.rejects(loadBundleOrFolder(`${folder()}/tree`, 'bundle'), {
      code: 'config-missing',
      message: /--folder/,
    });
    assert.equal(kindOf(await loadBundleOrFolder(`${folder()}/box`, 'folder')), 'folder');
  });

  it('starts no container in the root of this machine', async () => {
    await assert.rejects(loadBundleOrFolder('/', 'folder'), { code: 'host-root' });
  });
});
