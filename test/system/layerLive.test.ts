/** What a running container changes on its layer is told as it happens, without reading all of the layer again. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LayerChange } from '../../src/protocol/layer';
import { Workplace, privileges, until, usePlace } from './containers';
import { changesScript, numbers, treeScript } from './layerScripts';
import { type Client, Served, graceMs, size } from './serving';
import { sh } from './trees';
import { seeded } from '../seed';

/** The rows that a client has by what it was told. */
class Rows {
  readonly rows = new Map<string, LayerChange>();
  readonly problems: string[] = [];
  full = 0;

  constructor(client: Client) {
    client.rpc.onNotification('layerChanged', ({ full, gone, changes, problem }) => {
      if (problem !== undefined) this.problems.push(problem);
      if (full) this.rows.clear();
      if (full) this.full++;
      gone.forEach((one) => this.rows.delete(one));
      changes.forEach((change) => this.rows.set(change.path, change));
    });
  }

  get lines(): string[] {
    return [...this.rows.values()].map(({ kind, path: way }) => `${kind} ${way}`).sort();
  }

  async waitFor(...wanted: string[]): Promise<void> {
    const isSo = () => String(this.lines) === String([...wanted].sort());
    await until(String(wanted), isSo).catch((error: unknown) => {
      throw new Error(`There are ${String(this.lines)} ${String(this.problems)}`, { cause: error });
    });
  }
}

/** Processes that watch the layer of this bundle. */
function watching(bundle: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const isWatch = words[1] === 'layer' && words[2] === 'watch';
      return isWatch && readlinkSync(`/proc/${pid}/fd/3`) === path.join(bundle, '.terrarium');
    } catch {
      return false; // ended
    }
  });
}

describe('a layer that is watched', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges)
    it(`tells what happens inside, and ends with its container (${privilege})`, async () => {
      const served = await Served.start(place, privilege);
      const client = await served.connect();
      const { rpc } = client;
      const bundle = await place.bundle(privilege);
      sh(treeScript(), path.join(bundle, 'rootfs'));
      const { seed } = seeded(`live changes (${privilege})`, 1);
      const script = changesScript(numbers(seed), privilege !== 'sudo');
      writeFileSync(path.join(bundle, 'rootfs/script'), `cd /\n${script}\n`);
      if (privilege !== 'root') place.give(path.dirname(bundle));
      const { id, console } = await rpc.request('start', {
        ...{ bundle, kind: 'bundle', layer: true, ...size },
      });
      const terminal = await client.attach(console);
      const rows = new Rows(client);
      await rpc.request('watchLayer', { bundle, on: true });
      await until('the first list', () => rows.full === 1);
      const run = (line: string) => terminal.type(`${line}\r`);
      run('rm /bin/ls; echo x > /etc/motd; mkdir -p /new/deep');
      await rows.waitFor('deleted bin/ls', 'modified etc/motd', 'added new', 'added new/deep');
      run('echo y > /new/deep/file; mv /new/deep /new/other; chmod 700 /tmp');
      await rows.waitFor(
        ...['deleted bin/ls', 'modified etc/motd', 'added new', 'added new/other'],
        ...['added new/other/file', 'metadata tmp'],
      );
      run('echo z >> /new/other/file; rm -r /new; chmod 1777 /tmp');
      await rows.waitFor('deleted bin/ls', 'modified etc/motd');
      await rpc.request('changeLayer', { bundle, action: 'discard', paths: ['etc/motd'] });
      await rows.waitFor('deleted bin/ls');

      run('sh /script; echo made-$((1 + 1))');
      await terminal.shows(/made-2/);
      const { changes } = await rpc.request('layerChanges', { bundle });
      await rows.waitFor(...changes.map(({ kind, path: way }) => `${kind} ${way}`));
      assert.equal(rows.full, 1, String(rows.problems));

      assert.equal(watching(bundle).length, 1);
      await rpc.request('stop', { id, graceMs });
      await until('the end of the watch', () => watching(bundle).length === 0);
      await rpc.request('removeLayer', { bundle });
      await served.stop();
    });

  it('goes on after its process was killed, and ends with a client and with a helper that are gone', async () => {
    const served = await Served.start(place, 'root');
    const [client, other] = [await served.connect(), await served.connect()];
    const bundle = await place.bundle('root');
    const own = () => watching(bundle);
    await client.rpc.request('start', { bundle, kind: 'bundle', layer: true, ...size });
    const rows = new Rows(client);
    await client.rpc.request('watchLayer', { bundle, on: true });
    await until('the first list', () => rows.full === 1);
    process.kill(Number(own()[0]), 'SIGKILL');
    await until('a second list', () => rows.full === 2);
    assert.equal(rows.problems.length, 1);
    await other.rpc.request('watchLayer', { bundle, on: true });
    await until('one for each client', () => own().length === 2);
    await client.rpc.request('watchLayer', { bundle, on: false });
    await until('that of the other client', () => own().length === 1);
    await served.kill(other);
    await until('no watch', () => own().length === 0);
  });
});
