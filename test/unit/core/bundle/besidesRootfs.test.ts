import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { besidesRootfs, naming } from '../../../../src/core/bundle/besidesRootfs';
import { temporaryFolder } from './temporaryFolder';

describe('besidesRootfs', () => {
  const folder = temporaryFolder();
  const bundle = (name: string) => {
    const made = path.join(folder(), name);
    mkdirSync(path.join(made, 'rootfs'), { recursive: true });
    writeFileSync(path.join(made, 'config.json'), '{}');
    return made;
  };

  it('finds nothing beside a container as it was made', async () => {
    assert.deepEqual(await besidesRootfs(bundle('plain')), []);
  });

  it('names further files, and links, which are deleted and not followed', async () => {
    const made = bundle('notes');
    writeFileSync(path.join(made, 'notes.md'), '');
    symlinkSync('/', path.join(made, 'link'));
    assert.deepEqual(await besidesRootfs(made), ['link', 'notes.md']);
  });

  it('refuses where there is a further folder, hidden or not', async () => {
    for (const name of ['.git', 'box']) {
      const made = bundle(`with${name}`);
      mkdirSync(path.join(made, name));
      await assert.rejects(besidesRootfs(made), (error: Error) => {
        assert.match(error.message, new RegExp(`it holds “${name}”. Move that elsewhere first`));
        return true;
      });
    }
  });

  it('names only some of many', () => {
    assert.equal(naming(['a', 'b\n', 'c', 'd', 'e']), '“a”, “b\\n”, “c”, 2 more');
  });
});
