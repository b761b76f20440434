import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { ContainerRegistry } from '../../../../src/helper/server/ContainerRegistry';
import { LayerWatches } from '../../../../src/helper/server/LayerWatches';
import type { RpcClient } from '../../../../src/helper/server/RpcClient';

describe('LayerWatches', () => {
  const folder = '/nowhere/box';
  let opened: Promise<object>;
  let resolve: (bundle: object) => void;
  let container = { isLive: true, over: new Promise(() => undefined) };
  let problems: string[] = [];
  let client: RpcClient;
  let watches: LayerWatches;

  beforeEach(() => {
    opened = new Promise((done) => (resolve = done));
    container = { isLive: true, over: new Promise(() => undefined) };
    problems = [];
    client = {
      ...{ isGone: false, onGone: new Set() },
      notify: (_: string, { problem }: { problem: string }) => problems.push(problem),
    } as unknown as RpcClient;
    watches = new LayerWatches({
      ...{ get: () => container, open: () => opened },
    } as unknown as ContainerRegistry);
  });
  afterEach(() => watches.end(client, folder));

  /** A watcher says at once that there is no such layer. */
  const open = async (...begun: Promise<void>[]) => {
    resolve({ path: folder, name: 'box', rootfs: `${folder}/rootfs` });
    await Promise.all(begun);
    await setTimeout(50);
    return problems.length;
  };

  it('watches once the bundle is open', async () => {
    assert.equal(await open(watches.begin(client, folder)), 1);
  });

  it('watches nothing that was ended while the bundle was opened', async () => {
    const begun = watches.begin(client, folder);
    watches.end(client, folder);
    assert.equal(await open(begun), 0);
  });

  it('watches once where it was begun twice meanwhile', async () => {
    assert.equal(await open(watches.begin(client, folder), watches.begin(client, folder)), 1);
  });

  it('refuses a container that has stopped meanwhile', async () => {
    const begun = watches.begin(client, folder);
    container.isLive = false;
    await assert.rejects(open(begun), { code: 'container-unknown' });
  });
});
