import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newToken, socketName, withTokenFile } from '../../../../src/ui/services/helperSocket';

describe('a helper’s token', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'terrarium-token-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is 64 hex digits and never the same', () => {
    assert.match(newToken(), /^[0-9a-f]{64}$/);
    assert.notEqual(newToken(), newToken());
  });

  it('gives the socket a name that does not tell it', () => {
    const token = newToken();
    const name = socketName('rootless', token);
    assert.match(name, /^rootless-[0-9a-f]{12}\.sock$/);
    assert.ok(!token.includes(name.slice(9, 21)));
    assert.equal(name, socketName('rootless', token));
  });

  it('lies in a file that only its owner may read, and only while it is used', async () => {
    const seen = await withTokenFile(directory, 'secret', async (file) => {
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      return readFile(file, 'utf8');
    });
    assert.equal(seen, 'secret');
    assert.deepEqual(await readdir(directory), []);
  });

  it('leaves no file where the helper does not start', async () => {
    await assert.rejects(
      withTokenFile(directory, 'secret', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.deepEqual(await readdir(directory), []);
  });
});
