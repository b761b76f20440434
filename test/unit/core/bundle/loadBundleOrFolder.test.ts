import assert from 'node:assert/strict';
import {
  defaultConfigFor,
  loadBundleOrFolder,
} from '../../../../src/core/bundle/loadBundleOrFolder';
import { OciConfig } from '../../../../src/core/config/schema';
import { plant, temporaryFolder } from './temporaryFolder';

describe('loadBundleOrFolder', () => {
  const folder = temporaryFolder();

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
