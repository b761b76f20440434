/** A scratch file wherever one can be had. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { namelessFile } from '../../../../src/helper/host/namelessFile';
import { plant, temporaryFolder } from '../../core/bundle/temporaryFolder';

describe('namelessFile', () => {
  const folder = temporaryFolder();
  const place = (descriptor: number) => {
    try {
      return path.dirname(readlinkSync(`/proc/self/fd/${descriptor}`).replace(' (deleted)', ''));
    } finally {
      closeSync(descriptor);
    }
  };

  it('is empty, and has no name that stays', () => {
    const descriptor = namelessFile([folder()]);
    assert.deepEqual([fstatSync(descriptor).size, fstatSync(descriptor).nlink], [0, 0]);
    assert.equal(place(descriptor), folder());
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('lies in the next folder where one is not there, is none or has no room', () => {
    plant(folder(), { 'a file': 'x' });
    const next = namelessFile([`${folder()}/gone`, `${folder()}/a file`, '/proc', folder()]);
    assert.equal(place(next), folder());
  });

  it('is refused with every folder and its reason', () => {
    assert.throws(() => namelessFile([`${folder()}/gone`, '/proc']), {
      code: 'no-scratch-file',
      message: /gone \(ENOENT\), \/proc \(ENOENT\)/,
    });
  });
});
