/** Scratch layers that a program inside, or another user beside, makes for whoever looks at or removes them. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeLayerFolder } from '../../src/helper/layer/prepareLayer';
import { LayerChanges } from '../../src/protocol/layer';
import { compile } from './compile';
import { Workplace, ended, usePlace } from './containers';

describe('a hostile scratch layer', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  const helper = async (...words: string[]) => {
    const { code, stdout, stderr } = await ended(place.start('rootless', words));
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('is removed however deep its folders lie in each other', async () => {
    const bundle = await place.bundle('rootless');
    // More than descriptors last for, in a folder that both sides have, and in one of the layer's own.
    const script = `for place in /etc /new; do
      mkdir -p $place; cd $place
      i=0; while [ $i -lt 450 ]; do mkdir d; cd -P d 2>/dev/null; i=$((i + 1)); done
      mkdir -m 0 closed; : > file
    done`;
    const inside = ['run', '--layer', bundle, '--', '/bin/sh', '-c', script];
    const { code, stderr } = await ended(place.start('rootless', inside));
    assert.equal(code, 0, stderr);
    assert.match(await helper('layer', 'size', bundle), /"files":[1-9]/);
    await helper('layer', 'discard', bundle, 'new');
    assert.equal(existsSync(path.join(bundle, '.terrarium/upper/new')), false);
    assert.ok(existsSync(path.join(bundle, '.terrarium/upper/etc/d/d')));
    await helper('layer', 'remove', bundle);
    assert.deepEqual(readdirSync(bundle).sort(), ['config.json', 'rootfs']);
  });

  it('is compared by what is in its files, and not by their holes', async () => {
    const bundle = await place.bundle('rootless');
    await ended(place.start('rootless', ['run', '--layer', bundle, '--', '/bin/true']));
    const sides = ['rootfs', '.terrarium/upper'].map((side) => path.join(bundle, side));
    for (const side of sides) {
      // To read all of one would take an hour.
      for (const file of ['same', 'other', 'end'])
        writeFileSync(path.join(side, file), 'x', { mode: 0o644 });
      for (const file of ['same', 'other', 'end']) truncateSync(path.join(side, file), 2 ** 42);
    }
    const poke = (file: string, seek: string) =>
      spawnSync('dd', [`of=${file}`, 'bs=1', `seek=${seek}`, 'conv=notrunc', 'status=none'], {
        input: 'y',
      });
    poke(path.join(sides[1]!, 'other'), '1T');
    poke(path.join(sides[0]!, 'end'), String(2 ** 42 - 1));
    place.give(bundle);
    const { changes } = LayerChanges.parse(JSON.parse(await helper('changes', '--json', bundle)));
    assert.deepEqual(changes.map(({ kind, path: way }) => `${kind} ${way}`).sort(), [
      'modified end',
      'modified other',
    ]);
  });

  it('is made nowhere else while its folder and a link change places', async function () {
    const swapper = path.join(place.folder, 'swapper');
    compile(this, 'swapper.c', swapper);
    const bundle = await place.bundle('root');
    const elsewhere = path.join(place.folder, 'not-the-layer');
    mkdirSync(elsewhere);
    const [folder, link] = ['.terrarium', 'link'].map((name) => path.join(bundle, name));
    mkdirSync(folder!);
    symlinkSync(elsewhere, link!);
    const child = spawn(swapper, [folder!, link!, '20'], { stdio: 'ignore' });
    try {
      const paths = { path: bundle, name: 'box', rootfs: path.join(bundle, 'rootfs') };
      for (let round = 0; round < 1000; round++)
        await makeLayerFolder(paths).catch((error: unknown) =>
          assert.match(String(error), /is no folder/),
        );
    } finally {
      child.kill();
      await once(child, 'close');
    }
    assert.deepEqual(readdirSync(elsewhere), []);
  });
});
