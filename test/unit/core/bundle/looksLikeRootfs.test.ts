import assert from 'node:assert/strict';
import {
  defaultConfigFor,
  loadBundleOrFolder,
  looksLikeRootfs,
} from '../../../../src/core/bundle/looksLikeRootfs';
import { OciConfig } from '../../../../src/core/config/schema';
import { plant, temporaryFolder } from './temporaryFolder';

describe('looksLikeRootfs', () => {
  const folder = temporaryFolder();

  it('sees a shell in bin or usr/bin', async () => {
    assert.equal(await looksLikeRootfs(folder()), false);
    plant(folder(), { 'usr/bin/sh': 'x' });
    assert.equal(await looksLikeRootfs(folder()), true);
  });

  it('takes neither the host’s root, nor a folder whose shell is the host’s, nor nothing', async () => {
    plant(folder(), { 'bin/sh': `-> ${process.execPath}` });
    assert.equal(await looksLikeRootfs(folder()), false);
    assert.equal(await looksLikeRootfs('/'), false);
    assert.equal(await looksLikeRootfs(`${folder()}/no`), false);
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
});
