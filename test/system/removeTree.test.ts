/** Removing a tree while somebody else changes it. What lies elsewhere is a folder of the test's own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeBundle } from '../../src/core/bundle/removeBundle';
import { openDirectoryNoFollow } from '../../src/core/fs/openDirectoryNoFollow';
import { removeTree } from '../../src/core/fs/removeTree';
import { skipBecause } from '../skip';
import { compile } from './compile';

/** How often it is played. */
const rounds = 12;

describe('removing a tree', function () {
  this.timeout(120_000);
  let folder = '';
  let elsewhere = '';
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'terrarium-remove-')));
    elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(path.join(elsewhere, 'deep'), { recursive: true });
    for (let index = 0; index < 20; index++) {
      writeFileSync(path.join(elsewhere, `kept-${index}`), '');
      writeFileSync(path.join(elsewhere, 'deep', `kept-${index}`), '');
    }
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  });

  async function remove(name: string): Promise<void> {
    const parent = await openDirectoryNoFollow(folder);
    try {
      await removeTree(parent, name);
    } finally {
      await parent.close();
    }
  }

  const isWhole = () =>
    readdirSync(elsewhere).length === 21 && readdirSync(path.join(elsewhere, 'deep')).length === 20;

  it(`removes nothing elsewhere while a folder and a link change places, ${rounds} times`, async function () {
    const swapper = path.join(folder, 'swapper');
    compile(this, 'swapper.c', swapper);
    let gone = 0;
    for (let round = 0; round < rounds; round++) {
      const bundle = path.join(folder, `bundle-${round}`);
      const swapped = path.join(bundle, 'rootfs/swapped');
      mkdirSync(path.join(swapped, 'deep'), { recursive: true });
      for (let index = 0; index < 20; index++) {
        mkdirSync(path.join(bundle, 'rootfs', `d${index}`));
        writeFileSync(path.join(swapped, 'deep', `kept-${index}`), '');
      }
      symlinkSync(elsewhere, `${swapped}.link`);
      const child = spawn(swapper, [swapped, `${swapped}.link`], { stdio: 'ignore' });
      children.push(child);
      const parent = await openDirectoryNoFollow(folder);
      try {
        await removeBundle(parent, path.basename(bundle));
        gone++;
      } catch (error) {
        // Whoever swaps can keep us from it, but not have us remove something else.
        assert.match((error as Error).message, /ENOTDIR|ENOTEMPTY|ELOOP|was moved/);
      } finally {
        await parent.close();
      }
      assert.ok(isWhole(), `files elsewhere are gone in round ${round}`);
      await ended(children.pop()!);
      rmSync(bundle, { recursive: true, force: true });
    }
    assert.ok(gone > 0, 'it was never removed');
  });

  it('follows no link, whatever it is called, and removes names that are not UTF-8', async () => {
    const tree = path.join(folder, 'tree');
    mkdirSync(tree);
    symlinkSync(elsewhere, path.join(tree, 'link'));
    symlinkSync('/nowhere', path.join(tree, 'dangling'));
    mkdirSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x0a, 0x80])]));
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xfe])]), '');
    await remove('tree');
    assert.equal(existsSync(tree), false);
    assert.ok(isWhole());
    symlinkSync(elsewhere, tree);
    await assert.rejects(remove('tree'), /ENOTDIR|ELOOP/);
    assert.ok(isWhole());
  });

  it('goes deeper than a path can be long', async () => {
    // Each mkdir begins in the folder before, or PATH_MAX would end it.
    const script = "for (let i = 0; i < 1500; i++) { fs.mkdirSync('d'); process.chdir('d'); }";
    const tree = path.join(folder, 'tree');
    mkdirSync(tree);
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: tree,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    await remove('tree');
    assert.equal(existsSync(tree), false);
  });

  it('stops where another mount begins, also a bind mount of the same file system', async function () {
    if (process.getuid!() !== 0) skipBecause(this, 'only root may mount');
    const place = path.join(folder, 'tree/mounted');
    mkdirSync(place, { recursive: true });
    const { status, stderr } = spawnSync('mount', ['--bind', elsewhere, place], {
      encoding: 'utf8',
    });
    if (status !== 0) skipBecause(this, `no bind mount here: ${stderr}`);
    try {
      await assert.rejects(remove('tree'), { code: 'mounted-below' });
      assert.ok(isWhole());
    } finally {
      assert.equal(spawnSync('umount', [place]).status, 0);
    }
    await remove('tree');
    assert.ok(isWhole());
  });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}
