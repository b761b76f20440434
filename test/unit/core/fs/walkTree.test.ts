import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDirectoryNoFollow } from '../../../../src/core/fs/openDirectoryNoFollow';
import { namesOf } from '../../../../src/core/fs/walkFolders';
import { type Visited, walkTree } from '../../../../src/core/fs/walkTree';

describe('walkTree', () => {
  let folder = '';
  beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'terrarium-walk-')))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const descriptors = () => readdirSync('/proc/self/fd').length;

  async function walk(
    name: string,
    see: (one: Visited) => void = () => undefined,
  ): Promise<Map<string, Visited['stat']>> {
    const found = new Map<string, Visited['stat']>();
    const parent = await openDirectoryNoFollow(folder);
    try {
      for await (const one of walkTree(parent, Buffer.from(name))) {
        found.set(
          Buffer.concat(namesOf(one.way).flatMap((part) => [Buffer.from('/'), part])).toString(
            'latin1',
          ),
          one.stat,
        );
        closeSync(one.fd);
        see(one);
      }
    } finally {
      await parent.close();
    }
    return found;
  }

  it('visits each file once, a folder before what is in it, and a link itself', async () => {
    mkdirSync(path.join(folder, 'tree/a/b'), { recursive: true });
    mkdirSync(path.join(folder, 'elsewhere'));
    writeFileSync(path.join(folder, 'elsewhere/secret'), '');
    writeFileSync(path.join(folder, 'tree/a/file'), '');
    linkSync(path.join(folder, 'tree/a/file'), path.join(folder, 'tree/a/b/same'));
    symlinkSync('../elsewhere', path.join(folder, 'tree/link'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/tree/`), Buffer.from([0xff, 0x0a])]), '');
    const before = descriptors();
    const found = await walk('tree');
    assert.equal(descriptors(), before, 'nothing is left open');
    const names = [...found.keys()];
    assert.deepEqual(
      [...names].sort(),
      ['', '/a', '/a/b', '/a/b/same', '/a/file', '/link', '/\xff\n'].sort(),
    );
    assert.ok(names.indexOf('/a') < names.indexOf('/a/b'));
    assert.ok(found.get('/link')?.isSymbolicLink());
    assert.equal(found.get('/a/file')?.ino, found.get('/a/b/same')?.ino);
  });

  it('visits a single file, and a link as the link that it is', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    symlinkSync('/etc', path.join(folder, 'link'));
    assert.deepEqual([...(await walk('file')).keys()], ['']);
    const link = await walk('link');
    assert.deepEqual([...link.keys()], ['']);
    assert.equal(link.get('')?.ino, lstatSync(path.join(folder, 'link'), { bigint: true }).ino);
    await assert.rejects(walk('missing'), { code: 'ENOENT' });
  });

  it('notices a folder that was moved away below it', async () => {
    mkdirSync(path.join(folder, 'tree/a/b'), { recursive: true });
    const move = ({ way }: Visited) => {
      if (namesOf(way).length === 2)
        renameSync(path.join(folder, 'tree/a/b'), path.join(folder, 'moved'));
    };
    await assert.rejects(walk('tree', move), { code: 'folder-moved' });
  });

  it('goes deeper than a path can be long', async () => {
    // Each mkdir begins in the folder before, or PATH_MAX would end it.
    const script = "for (let i = 0; i < 1500; i++) { fs.mkdirSync('d'); process.chdir('d'); }";
    mkdirSync(path.join(folder, 'tree'));
    const { status } = spawnSync(process.execPath, ['-e', script], {
      cwd: path.join(folder, 'tree'),
    });
    assert.equal(status, 0);
    assert.equal((await walk('tree')).size, 1501);
  });
});
