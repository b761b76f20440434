import assert from 'node:assert/strict';
import { lookAtFolder, refuseAmbiguous } from '../../../../src/core/bundle/folderKind';
import { type Tree, plant, temporaryFolder } from './temporaryFolder';

describe('lookAtFolder', () => {
  const folder = temporaryFolder();
  const kindOf = async (tree: Tree) => {
    plant(folder(), tree);
    return (await lookAtFolder(folder())).kind;
  };

  it('tells a bundle by its config.json and the folder that this names', async () => {
    assert.equal(await kindOf({}), 'neither');
    assert.equal(await kindOf({ 'config.json': '{"root":{"path":"tree"}}' }), 'neither');
    assert.equal(await kindOf({ 'tree/bin/sh': 'x' }), 'bundle');
    assert.equal((await lookAtFolder(folder())).rootfs, `${folder()}/tree`);
  });

  it('tells a plain root filesystem by its shell, whatever program its config.json is for', async () => {
    assert.equal(await kindOf({ 'bin/sh': 'x' }), 'folder');
    assert.equal(await kindOf({ 'config.json': '{"listen":"0.0.0.0:80"}' }), 'folder');
  });

  for (const [what, config] of [
    ['a config.json that names its rootfs', '{"root":{"path":"rootfs"}}'],
    ['a broken config.json and a folder rootfs', '{"root":'],
    ['a config.json with a byte order mark', '\ufeff{"root":{"path":"rootfs"}}'],
    ['a config.json without words, and a folder rootfs', ''],
  ] as const)
    it(`calls ${what} beside a shell ambiguous`, async () => {
      const tree = { 'usr/bin/sh': 'x', rootfs: null, 'config.json': config };
      assert.equal(await kindOf(tree), 'ambiguous');
    });

  for (const [where, path] of [
    ['the folder itself', '.'],
    ['a folder outside', '../elsewhere'],
    ['a folder that is not there', 'gone'],
    ['no path at all', 'a\0b'],
  ] as const)
    it(`calls an OCI configuration whose rootfs is ${where} beside a shell ambiguous`, async () => {
      const config = JSON.stringify({ ociVersion: '1.0.2', root: { path } });
      assert.equal(await kindOf({ 'bin/sh': 'x', 'config.json': config }), 'ambiguous');
    });

  it('follows no link to a config.json or a rootfs', async () => {
    assert.equal(
      await kindOf({ 'elsewhere.json': '{}', 'config.json': '-> elsewhere.json' }),
      'neither',
    );
    assert.equal(await kindOf({ 'bin/sh': 'x', rootfs: '-> bin' }), 'folder');
  });

  it('refuses by name what is ambiguous, with what to do about it', async () => {
    plant(folder(), { 'bin/sh': 'x', rootfs: null, 'config.json': '{}' });
    await assert.rejects(refuseAmbiguous(folder()), (error: Error) => {
      assert.ok(error.message.includes(folder()));
      assert.match(
        error.message,
        /config\.json.*bin\/sh.*remove the bin\/sh.*--bundle or --folder/s,
      );
      return true;
    });
  });
});
