/** removeBundle, as somebody who is not root, in a process of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { plant, temporaryFolder } from './temporaryFolder';

const nobody = 65534;
const isRoot = process.getuid!() === 0;

describe('removeBundle', () => {
  const folder = temporaryFolder();
  const layer = () => path.join(folder(), 'parent/box/.terrarium');
  /** As an overlay leaves it whose files were removed inside. */
  const workFolder = () => path.join(layer(), 'work/work');

  beforeEach(() => {
    chmodSync(folder(), 0o755);
    plant(folder(), { parent: null, 'parent/box/config.json': '{}', 'parent/box/rootfs/file': '' });
    mkdirSync(workFolder(), { recursive: true });
    plant(workFolder(), { '#1': '' });
    buildSync({
      stdin: {
        contents: `
          import { removeBundle } from './src/core/bundle/removeBundle';
          import { openDirectoryNoFollow } from './src/core/fs/openDirectoryNoFollow';
          openDirectoryNoFollow(process.argv[2])
            .then((parent) => removeBundle(parent, 'box'))
            .catch(({ code }) => console.log(code));`,
        resolveDir: process.cwd(),
      },
      ...{ bundle: true, platform: 'node', format: 'cjs', outfile: path.join(folder(), 'as.cjs') },
    });
  });

  /** @param theirs what belongs to somebody else; all else is the caller's */
  function remove(...theirs: string[]): string {
    const parent = path.join(folder(), 'parent');
    const own = (place: string) => {
      if (isRoot && !theirs.includes(place)) chownSync(place, nobody, nobody);
    };
    own(parent);
    for (const name of readdirSync(parent, { recursive: true, encoding: 'utf8' }))
      own(path.join(parent, name));
    chmodSync(workFolder(), 0);
    const as = isRoot ? { uid: nobody, gid: nobody } : {};
    const words = [path.join(folder(), 'as.cjs'), parent];
    return spawnSync(process.execPath, words, { encoding: 'utf8', ...as }).stdout.trim();
  }

  it('goes into a folder that its mode closes to its owner', () => {
    assert.equal(remove(), '');
    assert.ok(!existsSync(path.dirname(layer())));
  });

  it('leaves a bundle where somebody else’s layer cannot be removed', function () {
    if (!isRoot) this.skip();
    assert.equal(remove(workFolder()), 'EACCES');
    assert.deepEqual(readdirSync(path.dirname(layer())), ['.terrarium', 'config.json', 'rootfs']);
  });
});
