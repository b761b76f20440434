import assert from 'node:assert/strict';
import { looksLikeRootfs } from '../../../../src/core/bundle/looksLikeRootfs';
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
});
