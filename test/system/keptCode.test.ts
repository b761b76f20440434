/** The code that V8 has made of the helper is kept for the next command (loader.ts), and is that of this user alone. */
import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
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
    file = path.join(folder, 'terrarium', `code-plain-${process.arch}`);
    // The first one makes the folder, the second one keeps in it what it has parsed.
    for (let run = 0; run < 2; run++) await runs();
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
    const plain = path.join(path.dirname(place.helper), 'plainRun.js');
    const text = readFileSync(plain, 'latin1');
    writeFileSync(plain, text.replace('Usage:', 'UsagE:'), 'latin1');
    await runs();
    assert.notEqual(statSync(file).ino, ino);
    writeFileSync(plain, text, 'latin1');
  });

  it('is none of plainRun.js where that leaves a start to helperMain.js', async () => {
    const ofMain = path.join(path.dirname(file), `code-run-${process.arch}`);
    const other = await place.bundle('rootless', 'notes', (config) => {
      config.hostname = 'other';
    });
    for (const one of [file, ofMain]) rmSync(one, { force: true });
    const { stdout, stderr } = await place.run('rootless', other, ['/bin/echo', 'new']);
    assert.equal(stdout, 'new\n', stderr);
    assert.ok(existsSync(ofMain), 'it has the parser');
    assert.equal(existsSync(file), false);
    const limited = path.join(other, 'config.json');
    const config = JSON.parse(readFileSync(limited, 'utf8')) as { annotations?: object };
    config.annotations = { ...config.annotations, 'dev.terrarium.overlay': 'true' };
    writeFileSync(limited, JSON.stringify(config));
    for (let run = 0; run < 2; run++) {
      const { code, stderr: said } = await place.run('rootless', other, ['/bin/true']);
      assert.equal(code, 0, said);
    }
    assert.equal(existsSync(file), false, 'a layer is known, and no plain start');
    await runs();
    assert.ok(existsSync(file));
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
