/** Images that were made to take away what is not theirs, or to be read as something else than what they are. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type EntryOfTest, tarOf } from '../archives';
import { Workplace, ended, usePlace } from './containers';
import { type LayoutOfTest, writeLayout } from './layouts';
import { manifestOf } from './trees';

describe('importing hostile images', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  let made = 0;
  const file = (name: string, content = 'mine'): EntryOfTest => ({ name, content });
  const folder = (name: string): EntryOfTest => ({ name: `${name}/`, type: '5', mode: 0o755 });
  const hard = (name: string, linkName: string): EntryOfTest => ({ name, type: '1', linkName });
  const link = (name: string, linkName: string): EntryOfTest => ({ name, type: '2', linkName });

  async function unpack(layout: LayoutOfTest) {
    const parent = place.newFolder('root');
    const source = path.join(place.folder, `layout${made++}`);
    writeLayout(source, layout);
    const words = ['import', source, path.join(parent, 'box')];
    return { ...(await ended(place.start('root', words))), parent };
  }
  async function becomes(layers: readonly EntryOfTest[][], ...wanted: string[]): Promise<void> {
    const { code, stderr, parent } = await unpack({ layers: layers.map((all) => tarOf(...all)) });
    assert.equal(code, 0, stderr);
    const names = [...manifestOf(path.join(parent, 'box/rootfs')).keys()];
    assert.deepEqual(names.sort(), ['/', ...wanted].sort());
  }
  async function refused(layout: LayoutOfTest, why: RegExp): Promise<void> {
    const { code, stderr, parent } = await unpack(layout);
    assert.equal(code, 125, stderr);
    assert.match(stderr, why);
    assert.ok(!stderr.includes('\u001b') && !stderr.includes('\u202e'));
    assert.deepEqual(readdirSync(parent), [], 'and nothing is left');
  }

  it('whiteouts take away what they name below the layer, whatever it is called', async () => {
    const options = [folder('-rf'), file('-rf/x'), file('--help'), file('new\nline')];
    await becomes(
      [
        [...options, file('--files0-from=x'), file('keep')],
        [file('.wh.-rf'), file('.wh.--help'), file('.wh.new\nline')],
      ],
      ...['/--files0-from=x', '/keep'],
    );
    const tree = [folder('a'), file('a/b')];
    // Names of aufs are none, folders of such a name neither, and a whiteout of a whiteout is none.
    await becomes([tree, [file('.wh..wh.a'), file('a/.wh..wh.b')]], '/a', '/a/b');
    await becomes([tree, [folder('.wh.a'), file('.wh.a/b')]]);
    const opaque = 'a/.wh..wh..opq';
    const inside = [folder('a'), folder(opaque), file(`${opaque}/in`), file('a/new')];
    await becomes([tree, inside], '/a', '/a/new');
    await becomes([tree, [file('.wh..wh..opq'), file('b')]], '/b');
    // As Docker, through a link that stays inside.
    const way = [folder('real'), file('real/f'), link('way', 'real')];
    await becomes([way, [file('way/.wh.f')]], '/real', '/way');
  });

  it('whiteouts of nothing, and links to what is none or leads out, end it', async () => {
    const layers = (...entries: EntryOfTest[]) => ({
      layers: [tarOf(folder('a')), tarOf(...entries)],
    });
    await refused(layers(file('.wh.')), /whiteout of no file/);
    await refused(layers(file('a/.wh...')), /whiteout of no file/);
    await refused(layers(file('.wh.x'), hard('y', '.wh.x')), /hard link to '\.wh\.x'/);
    await refused(
      layers(link('etc', '/etc'), hard('b', 'etc/passwd')),
      /hard link to 'etc\/passwd'/,
    );
  });

  it('what its manifests say is read within limits, and shown without control characters', async () => {
    const layers = [tarOf(file('a'))];
    const first = { layers };
    const change = (all: unknown, changed: object) =>
      (all as object[]).map((one) => ({ ...one, ...changed }));
    const inLayers = (changed: object): LayoutOfTest => ({
      ...first,
      manifest: (made) => ({ ...made, layers: change(made['layers'], changed) }),
    });
    const inIndex = (changed: object): LayoutOfTest => ({
      ...first,
      index: (made) => ({ ...made, manifests: change(made['manifests'], changed) }),
    });
    await refused(inLayers({ mediaType: '\u001b[31mrot\u202e' }), /of type \\x1b\[31mrot\\u202e\./);
    await refused(
      inLayers({ urls: ['http://127.0.0.1:1/'], digest: `sha256:${'0'.repeat(64)}` }),
      /is missing/,
    );
    await refused(inIndex({ digest: 'sha256:../../../../etc/passwd' }), /is no digest/);
    await refused(inIndex({ size: 1e15 }), /its descriptor says 1000000000000000/);
    await refused({ ...first, configText: '['.repeat(3_000_000) }, /it is no JSON/);
    await refused({ ...first, config: { User: '-1:-1' } }, /the user “-1”/);
    const Env = Array.from({ length: 60 }, (_, at) => `A${at}=${'x'.repeat(60_000)}`);
    await refused({ ...first, config: { Env } }, /too many variables, labels or ports/);
    // What the type says of the compression is none of it: the bytes say it, and the digest holds.
    const lies = inLayers({ mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd' });
    assert.equal((await unpack(lies)).code, 0);
    const Labels = JSON.parse('{"__proto__":"x","dev.terrarium.engine":"runc"}') as object;
    const { parent } = await unpack({ ...first, config: { Labels, StopSignal: '9; reboot' } });
    const config = readFileSync(path.join(parent, 'box/config.json'), 'utf8');
    const { annotations } = JSON.parse(config) as { annotations: object };
    assert.equal(Object.hasOwn(annotations, 'dev.terrarium.engine'), false);
    assert.equal(Object.hasOwn(annotations, 'org.opencontainers.image.stopSignal'), false);
  });
});
