/** What a container on a layer sees of its rootfs where that is edited meanwhile. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Workplace, privileges, usePlace } from './containers';
import { Served, graceMs, size } from './serving';

describe('a rootfs that is edited below a layer', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges)
    it(`is seen inside by whoever opens it anew (${privilege})`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const { rpc } = client;
      const bundle = await place.bundle(privilege);
      const inRootfs = (file: string) => path.join(bundle, 'rootfs/data', file);
      mkdirSync(inRootfs('folder'), { recursive: true });
      const names = ['written', 'held', 'replaced', 'removed', 'own', 'folder/file'];
      for (const name of names) writeFileSync(inRootfs(name), 'old\n');
      if (privilege !== 'root') place.give(path.dirname(bundle));
      const { id, console } = await rpc.request('start', {
        ...{ bundle, kind: 'bundle', layer: true, ...size },
      });
      const terminal = await client.attach(console);
      terminal.type(
        'cd /data; exec 3<held; cat written held replaced removed new; echo x >> own; rm folder/file; echo ready-$((1 + 1))\r',
      );
      await terminal.shows(/ready-2/);

      const replace = (file: string) => {
        writeFileSync(inRootfs('temporary'), 'other\n');
        renameSync(inRootfs('temporary'), inRootfs(file));
      };
      writeFileSync(inRootfs('written'), 'other\n');
      for (const file of ['held', 'replaced', 'own', 'folder/file', 'new']) replace(file);
      rmSync(inRootfs('removed'));
      const asked = [...names, 'new', 'nowhere', 'folder'].map((name) => `data/${name}`);
      const look = async (paths = asked) => {
        const { files } = await rpc.request('seenInside', { bundle, paths });
        return files.map(({ path: file, state }) => `${path.relative('data', file)} ${state}`);
      };
      assert.deepEqual(await look(), [
        ...['written seen', 'held old', 'replaced seen', 'removed seen', 'own own'],
        ...['folder/file own', 'new seen', 'nowhere seen', 'folder seen'],
      ]);
      terminal.type(
        'clear; cat written replaced new removed own; cat held; echo shown-$((1 + 1))\r',
      );
      await terminal.shows(
        /other\s+other\s+other\s+cat: .*removed.*No such file.*\s+old\s+x\s+old\s+shown-2/,
      );
      assert.equal(readFileSync(inRootfs('held'), 'utf8'), 'other\n');

      terminal.type('clear; exec 3<&-; echo closed-$((1 + 1))\r');
      await terminal.shows(/closed-2/);
      assert.deepEqual(await look(['data/held']), ['held seen']);
      terminal.type('clear; cat held; echo again-$((1 + 1))\r');
      await terminal.shows(/other\s+again-2/);
      await rpc.request('stop', { id, graceMs });
      await assert.rejects(look(), { code: 'container-unknown' });
      await served.stop();
    });
});
