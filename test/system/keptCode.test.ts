/** The code that V8 has made of the helper is kept for the next command (loader.ts), and is that of this user alone. */
import assert from 'node:assert/strict';
import {
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Workplace, usePlace } from './containers';

describe('the code of the helper', function () {
  this.timeout(120_000);
  let place: Workplace;
  let bundle: string;
  let file: string;
  usePlace((opened) => (place = opened));

  before(async () => {
    bundle = await place.bundle('rootless');
    const folder = path.join(place.folder, 'runtime');
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, place.user.uid, place.user.gid);
    place.starter = ['env', `XDG_RUNTIME_DIR=${folder}`];
    file = path.join(folder, 'terrarium', `code-run-${process.arch}`);
  });
  after(() => (place.starter = []));

  async function runs(): Promise<void> {
    const { stdout, stderr } = await place.run('rootless', bundle, ['/bin/echo', 'here']);
    assert.equal(stdout, 'here\n', stderr);
  }

  it('is kept for this user alone, and used again', async () => {
    await runs();
    const kept = statSync(file);
    assert.equal(kept.mode & 0o7777, 0o600);
    assert.equal(kept.uid, place.user.uid);
    await runs();
    assert.equal(statSync(file).ino, kept.ino, 'what is used is not written again');
  });

  it('is made anew where the helper has changed in place', async () => {
    await runs();
    const { ino } = statSync(file);
    const main = path.join(path.dirname(place.helper), 'helperMain.js');
    const text = readFileSync(main, 'latin1');
    writeFileSync(main, text.replace('`terrarium ${', '`terrarIum ${'), 'latin1');
    await runs();
    assert.notEqual(statSync(file).ino, ino);
    writeFileSync(main, text, 'latin1');
  });

  it('is not kept where this user may make no file, and nothing else fails for it', async () => {
    const folder = path.dirname(file);
    chownSync(folder, 0, 0);
    try {
      const { code, stdout, stderr } = await place.run('rootless', bundle, ['/bin/echo', 'here']);
      assert.equal(stdout, 'here\n', stderr);
      assert.equal(code, 0, stderr);
    } finally {
      chownSync(folder, place.user.uid, place.user.gid);
    }
  });

  it('is not read from a link, nor from a file of another user', async () => {
    await runs();
    const aside = `${file}.aside`;
    renameSync(file, aside);
    symlinkSync(aside, file);
    await runs();
    assert.ok(lstatSync(file).isFile(), 'the link was replaced');
    assert.ok(lstatSync(aside).isFile(), 'what it led to was not');
    chownSync(file, 0, 0);
    await runs();
    assert.equal(statSync(file).uid, place.user.uid);
  });
});
