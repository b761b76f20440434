/** Where the sockets lie, and how long their paths may be. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  maxSocketPath,
  requireSocketPath,
  runtimeDirectory,
} from '../../../../src/core/client/runtimeDirectory';
import { temporaryFolder } from '../bundle/temporaryFolder';

describe('runtimeDirectory', () => {
  const folder = temporaryFolder();
  const name = '/terrarium/rootless-0123456789ab.sock';
  /** A folder in which that socket's path has so many bytes, with a character of two bytes in it. */
  const folderFor = (length: number) => {
    const base = `${folder()}/`;
    const made = `${base}ä${'k'.repeat(length - base.length - 2 - name.length)}`;
    mkdirSync(made);
    return made;
  };

  it('is below XDG_RUNTIME_DIR as long as a socket fits there', async () => {
    const base = folderFor(maxSocketPath);
    const directory = await runtimeDirectory({ XDG_RUNTIME_DIR: base });
    assert.equal(directory, path.join(base, 'terrarium'));
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    requireSocketPath(base + name);
  });

  it('is the one below /tmp where it does not', async () => {
    const base = folderFor(maxSocketPath + 1);
    const directory = await runtimeDirectory({ XDG_RUNTIME_DIR: base });
    assert.equal(directory, `/tmp/terrarium-${process.getuid!()}`);
    assert.throws(() => requireSocketPath(base + name), {
      code: 'socket-path',
      message: /has 108 bytes, and the kernel takes no more than 107/,
    });
  });
});
