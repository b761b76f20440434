/** The rootfs check that the editor asks a helper of sudo for: it reads what the person may not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RootfsCheck } from '../../src/protocol/rootfsCheck';
import { Workplace, usePlace } from './containers';
import { type Client, useServed } from './serving';

describe('the check of a rootfs by a helper as root', function () {
  this.timeout(60_000);
  let place: Workplace;
  let client: Client;
  let rootfs = '';
  usePlace((opened) => (place = opened));
  describe('of sudo', () => {
    useServed(
      () => place,
      'sudo',
      (connected) => (client = connected),
    );
    before(() => {
      rootfs = path.join(place.folder, 'tree');
      mkdirSync(path.join(rootfs, 'bin'), { recursive: true });
      mkdirSync(path.join(rootfs, 'closed'), { mode: 0o700 });
      for (const file of ['closed/script', 'bin/unreadable']) {
        writeFileSync(path.join(rootfs, file), '#!/nowhere\n');
        chmodSync(path.join(rootfs, file), 0o711);
      }
    });
    const wish = (...paths: string[]) => ({ bundle: rootfs, kind: 'folder' as const, paths });
    const unfound = ({ faults }: RootfsCheck) =>
      faults.filter(({ code }) => code === 'interpreter-missing').map(({ path: of }) => of);

    it('tells what is behind closed folders, of which the person only hears that they are', async () => {
      const { uid, gid } = place.user;
      const words = [place.helper, 'lint', '--folder', rootfs];
      const alone = spawnSync(process.execPath, words, { uid, gid, cwd: '/', encoding: 'utf8' });
      assert.equal(alone.status, 0, alone.stderr);
      const own = RootfsCheck.parse(JSON.parse(alone.stdout));
      assert.deepEqual(unfound(own), []);
      assert.equal(own.closed.count, 2, JSON.stringify(own.closed));
      const found = await client.rpc.request('checkRootfs', wish('/'));
      assert.deepEqual(unfound(found).sort(), ['/bin/unreadable', '/closed/script']);
      assert.equal(found.closed.count, 0);
      const some = await client.rpc.request('checkRootfs', wish('/closed', '/gone'));
      assert.deepEqual([unfound(some), some.missing], [['/closed/script'], ['/gone']]);
    });

    it('ends where it is cancelled, and says what it cannot look at', async () => {
      const abort = new AbortController();
      const asked = client.rpc.request('checkRootfs', wish('/'), abort.signal);
      abort.abort();
      await assert.rejects(asked, { code: 'check-cancelled' });
      const missing = { ...wish('/'), bundle: path.join(place.folder, 'none') };
      await assert.rejects(client.rpc.request('checkRootfs', missing), { code: 'check-failed' });
    });
  });
});
