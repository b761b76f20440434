/** Images whose layers take files away by names that were made to hit something else (Remover.ts). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Confinement } from '../../src/helper/image/Confinement';
import { Remover } from '../../src/helper/image/Remover';
import { type EntryOfTest, paxEntry, tarOf } from '../archives';
import { Workplace, ended, privileges, processesWith, until, usePlace } from './containers';
import { differences, manifestOf, sh } from './trees';

/** Each is a word that xargs, find, rm or a shell could take for something else; in bytes. */
const hostile = [
  ...['-delete', '--help', '-rf', '*', '[a-z]', '{}', ';', '$(touch x)', "'", '"', '\\', '\\0'],
  ...['new\nline', ' ', ' lead', '...', '!', '(', 'byte\xff', `${'l'.repeat(251)}`, 'removed 1\n'],
];
/** Longer names than a header holds are the records' own. */
const named = (name: string, entry: Omit<EntryOfTest, 'name'> = {}): EntryOfTest[] =>
  name.length < 100
    ? [{ ...entry, name: Buffer.from(name, 'latin1') }]
    : [paxEntry({ path: name }), { ...entry, name: 'long' }];

/** Of an OCI image layout. */
function makeLayout(folder: string, layers: readonly Buffer[]): void {
  mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true });
  const blob = (content: Buffer, mediaType: string) => {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(path.join(folder, 'blobs/sha256', hex), content);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  const document = (value: object, kind: string) =>
    blob(Buffer.from(JSON.stringify(value)), `application/vnd.oci.image.${kind}.v1+json`);
  const stored = layers.map((layer) => blob(layer, 'application/vnd.oci.image.layer.v1.tar'));
  const config = document(
    {
      ...{ architecture: 'amd64', os: 'linux', config: {} },
      rootfs: { type: 'layers', diff_ids: stored.map(({ digest }) => digest) },
    },
    'config',
  );
  const manifest = document({ schemaVersion: 2, config, layers: stored }, 'manifest');
  const index = { schemaVersion: 2, manifests: [manifest] };
  writeFileSync(path.join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

describe('layers that take away', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });
  let made = 0;

  for (const privilege of privileges) {
    const importing = async (...layers: readonly (readonly EntryOfTest[])[]) => {
      const layout = path.join(place.folder, `layout${made++}`);
      makeLayout(
        layout,
        layers.map((entries) => tarOf(...entries)),
      );
      const parent = place.newFolder(privilege);
      const words = ['--platform', 'linux/amd64', layout, path.join(parent, 'box')];
      const { code, stderr } = await ended(place.start(privilege, ['import', ...words]));
      return { code, stderr, parent, rootfs: path.join(parent, 'box/rootfs') };
    };
    const namesIn = (folder: string) => readdirSync(folder, 'latin1').sort();

    for (const [how, more] of [
      ['one after the other', 0],
      ['many at once', 60],
    ] as const)
      it(`${privilege}: names are names, ${how}`, async () => {
        const others = Array.from({ length: more }, (_, at) => `more${at}`);
        const names = [...hostile, ...others];
        const { code, stderr, rootfs } = await importing(
          [
            ...['w/', 'o/'].flatMap((name) => named(name, { type: '5', mode: 0o755 })),
            ...names.flatMap((name) => named(`w/${name}`, { content: 'x' })),
            ...named('w/kept', { content: 'x' }),
            ...names.flatMap((name) => [
              ...named(`o/${name}/`, { type: '5', mode: 0o755 }),
              ...named(`o/${name}/below`, { content: 'x' }),
            ]),
          ],
          [
            ...names.flatMap((name) => named(`w/.wh.${name}`)),
            ...names.flatMap((name) => named(`o/${name}/.wh..wh..opq`)),
          ],
        );
        assert.equal(code, 0, stderr);
        assert.deepEqual(namesIn(path.join(rootfs, 'w')), ['kept']);
        assert.deepEqual(namesIn(path.join(rootfs, 'o')), [...names].sort());
        for (const name of names) {
          const file = Buffer.from(`${rootfs}/o/${name}`, 'latin1');
          assert.deepEqual(readdirSync(file), [], name);
        }
      });

    it(`${privilege}: a folder that has become a link leads nowhere outside`, async () => {
      const victim = path.join(place.folder, `victim${made}`);
      mkdirSync(path.join(victim, 'below'), { recursive: true });
      writeFileSync(path.join(victim, 'below/secret'), 'secret');
      sh('chmod -R a+rwX .', victim);
      const before_ = manifestOf(victim);
      const links = ['d', 'e', 'f'];
      const { code, stderr, rootfs } = await importing(
        links.flatMap((name) => [
          ...named(`${name}/`, { type: '5', mode: 0o755 }),
          ...named(`${name}/below/`, { type: '5', mode: 0o755 }),
        ]),
        [
          ...named('d', { type: '2', linkName: victim }),
          ...named('e', { type: '2', linkName: `${'../'.repeat(20)}${victim.slice(1)}` }),
          ...named('f', { type: '2', linkName: '/proc/self/root' }),
        ],
        links.flatMap((name) => [
          ...named(`${name}/.wh.below`),
          ...named(`${name}/below/.wh.secret`),
          ...named(`${name}/below/.wh..wh..opq`),
        ]),
      );
      assert.equal(code, 0, stderr);
      assert.deepEqual(namesIn(rootfs), links);
      assert.deepEqual(differences(before_, manifestOf(victim)), []);
    });

    if (privilege !== 'sudo')
      it(`${privilege}: a tree that is deeper than any path is taken away, and leaves nothing`, async () => {
        const deep = Array.from({ length: 1100 }, () => 'd').join('/');
        const folder = (name: string) => named(`${name}/`, { type: '5', mode: 0o755 });
        const below = [
          ...folder(deep),
          paxEntry({ linkpath: deep }),
          ...named('link', { type: '2' }),
        ];
        const deeper = [...below, ...folder(`link/${deep}`), ...folder('kept')];
        const { code, stderr, rootfs } = await importing(deeper, named('.wh.d'));
        assert.equal(code, 0, stderr);
        assert.deepEqual(namesIn(rootfs), ['kept', 'link']);
        const failed = await importing(deeper, named('a/../b'));
        assert.equal(failed.code, 125);
        assert.match(failed.stderr, /“\.\.” in its name/);
        assert.deepEqual(readdirSync(failed.parent), []);
      });
  }

  it('what removes is killed: the next removal says so', async () => {
    const folder = place.newFolder('root');
    for (const name of ['first', 'second']) writeFileSync(path.join(folder, name), name);
    const confinement = await Confinement.make();
    const remover = new Remover(confinement, folder, '-all,+dac_override');
    try {
      assert.doesNotMatch(await remover.remove(['first'], []), /find|has ended/);
      assert.ok(!existsSync(path.join(folder, 'first')));
      const running = () => processesWith('./xargs -0 -n 6');
      for (const pid of running()) process.kill(pid, 'SIGKILL');
      await until('its end', () => running().length === 0);
      assert.match(
        await remover.remove(['second'], []),
        /xargs: it has ended before all was removed/,
      );
      assert.equal(readFileSync(path.join(folder, 'second'), 'utf8'), 'second');
    } finally {
      remover.abort();
    }
  });
});
