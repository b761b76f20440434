/** An import that the editor asks a helper of sudo for: whole as root's, and of nothing that the person could not read. */
import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Workplace, until, usePlace } from './containers';
import type { TerrariumError } from '../../src/core/errors';
import { type Client, size, useServed } from './serving';
import { sh } from './trees';

describe('an import by a helper as root', function () {
  this.timeout(60_000);
  let place: Workplace;
  let client: Client;
  usePlace((opened) => (place = opened));
  describe('of sudo', () => {
    useServed(
      () => place,
      'sudo',
      (connected) => (client = connected),
    );
    let folder: string;
    let sources: string;
    let made = 0;
    before(() => {
      sources = path.join(place.folder, 'sources');
      mkdirSync(sources);
      // The larger one is not whole: nothing reads it to its end.
      sh(
        `mkdir tree; touch tree/file; chown 1234:55 tree/file; mknod tree/null c 1 3
        tar --format=pax --numeric-owner -C tree -cf tree.tar .
        truncate -s 2G zeros; tar -c zeros | head -c 512 > large.tar; truncate -s 2G large.tar`,
        sources,
      );
    });
    beforeEach(() => {
      folder = path.join(place.folder, `by-helper${made++}`);
      mkdirSync(folder);
      place.give(folder);
    });
    const id = '0123456789abcdef';
    const at = (name: string) => path.join(folder, name);
    const source = (name: string) => path.join(sources, name);
    const wish = (source: string) => ({ id, source, bundle: at('box') });

    it('keeps owners and devices, and gives the bundle to the person', async () => {
      const report = await client.rpc.request('import', wish(source('tree.tar')));
      assert.equal(report.bundle, at('box'));
      assert.deepEqual(report.notKept.devices, { count: 0, names: [] });
      assert.equal(lstatSync(at('box/rootfs/file')).uid, 1234);
      assert.ok(lstatSync(at('box/rootfs/null')).isCharacterDevice());
      assert.equal(lstatSync(at('box')).uid, place.user.uid);
      assert.equal(lstatSync(at('box/config.json')).uid, place.user.uid);
    });

    it('reads nothing that the person may not read, by a link neither', async () => {
      const secret = path.join(place.folder, 'secret.tar');
      writeFileSync(secret, 'root alone', { mode: 0o600 });
      symlinkSync(secret, at('link.tar'));
      await assert.rejects(client.rpc.request('import', wish(at('link.tar'))), {
        code: 'source-unreadable',
      });
      assert.equal(readdirSync(folder).includes('box'), false);
    });

    it('reads no file of a folder that the person may not read', async () => {
      const tree = at('tree');
      sh(
        `mkdir tree; echo own > tree/own; chown -R "$1" tree
        echo shown > tree/shown; echo secret > tree/secret; chmod 600 tree/secret`,
        folder,
        String(place.user.uid),
      );
      await assert.rejects(client.rpc.request('import', wish(tree)), (error: TerrariumError) => {
        assert.equal(error.code, 'folder-unreadable');
        assert.match(error.message, /secret.*Permission denied/);
        return true;
      });
      assert.deepEqual(readdirSync(folder), ['tree']);
      rmSync(path.join(tree, 'secret'));
      await client.rpc.request('import', wish(tree));
      const uids = ['own', 'shown'].map((name) => lstatSync(at(`box/rootfs/${name}`)).uid);
      assert.deepEqual(uids, [place.user.uid, 0]);
    });

    it('reads no blob of an image that the person may not read', async () => {
      const layout = at('layout');
      sh(
        `mkdir layout; chown "$1" layout; cd layout
        echo '{"imageLayoutVersion":"1.0.0"}' > oci-layout; cp oci-layout index.json; chmod 600 index.json`,
        folder,
        String(place.user.uid),
      );
      await assert.rejects(client.rpc.request('import', wish(layout)), {
        code: 'source-unreadable',
      });
      assert.deepEqual(readdirSync(folder), ['layout']);
    });

    describe('of a container', () => {
      let from: string;
      beforeEach(async () => {
        from = await place.bundle('sudo', 'notes', (config) => {
          config.process.args = ['/bin/sh', '-c', script];
        });
        sh('echo secret > rootfs/etc/secret; chmod 600 rootfs/etc/secret', from);
      });
      const script = 'echo new > /etc/new; chmod 600 /etc/new; echo up; read end';
      async function startOnLayer(): Promise<string> {
        const { id, console } = await client.rpc.request('start', {
          ...{ bundle: from, kind: 'bundle', layer: true },
          ...size,
        });
        const screen = await client.attach(console);
        await until('what it writes', () => screen.text.includes('up'));
        return id;
      }
      const copied = (name: string) => at(`box/rootfs/etc/${name}`);

      it('copies one that it has started, with what root alone may read, for whom it is made', async () => {
        const container = await startOnLayer();
        // What the person says of it does not count.
        const asked = { ...wish(`container:${from}`), layer: false };
        await client.rpc.request('import', asked);
        await client.rpc.request('stop', { id: container, graceMs: 0 });
        for (const name of ['secret', 'new']) {
          const { uid, mode } = lstatSync(copied(name));
          assert.deepEqual([uid, mode & 0o777], [0, 0o600], name);
        }
        assert.equal(lstatSync(at('box')).uid, place.user.uid);
        assert.equal(lstatSync(at('box')).mode & 0o777, 0o700);
        const elsewhere = path.join(place.folder, 'box');
        await assert.rejects(
          client.rpc.request('import', { ...asked, bundle: elsewhere }),
          { code: 'parent-refused' },
          'it is made where the person could',
        );
      });

      it('copies no other with rights that the person has not', async () => {
        await assert.rejects(client.rpc.request('import', wish(`container:${from}`)), {
          code: 'folder-unreadable',
        });
        assert.deepEqual(readdirSync(folder), []);
      });

      it('refuses one whose config.json names another rootfs by now', async () => {
        const container = await startOnLayer();
        const config = path.join(from, 'config.json');
        const text = readFileSync(config, 'utf8');
        writeFileSync(config, text.replace('"path":"rootfs"', '"path":"other"'));
        sh('cp -a rootfs other', from);
        await assert.rejects(client.rpc.request('import', wish(`container:${from}`)), {
          code: 'container-changed',
        });
        await client.rpc.request('stop', { id: container, graceMs: 0 });
        assert.deepEqual(readdirSync(folder), []);
      });
    });

    it('makes nothing where the person could not', async () => {
      const bundle = path.join(place.folder, 'box');
      await assert.rejects(
        client.rpc.request('import', { id, source: source('tree.tar'), bundle }),
        {
          code: 'parent-refused',
        },
      );
      assert.equal(readdirSync(place.folder).includes('box'), false);
    });

    it('tells how far it is, and leaves nothing where it is cancelled', async () => {
      const abort = new AbortController();
      let told = 0;
      const listening = client.rpc.onNotification('importProgress', (progress) => {
        assert.equal(progress.id, id);
        told += 1;
        abort.abort();
      });
      await assert.rejects(client.rpc.request('import', wish(source('large.tar')), abort.signal), {
        code: 'import-cancelled',
      });
      listening.dispose();
      assert.ok(told > 0);
      assert.deepEqual(readdirSync(folder), []);
    });

    it('ends with the client that asked for it', async () => {
      const asked = client.rpc.request('import', wish(source('large.tar')));
      await until('its folder', () => readdirSync(folder).length > 0);
      client.close();
      await assert.rejects(asked, { code: 'helper-lost' });
      await until('nothing of it', () => readdirSync(folder).length === 0);
    });
  });
});
