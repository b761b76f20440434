import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { ContainerRegistry } from '../../../../src/helper/server/ContainerRegistry';
import { LayerWatches } from '../../../../src/helper/server/LayerWatches';
import type { RpcClient } from '../../../../src/helper/server/RpcClient';

describe('LayerWatches', () => {
  const folder = '/nowhere/box';
  let container = { isLive: true, over: new Promise(() => undefined) };
  let problems: string[] = [];
  let client: RpcClient;
  let watches: LayerWatches;

  beforeEach(() => {
    container = { isLive: true, over: new Promise(() => undefined) };
    problems = [];
    client = {
      ...{ isGone: false, onGone: new Set() },
      notify: (_: string, { problem }: { problem: string }) => problems.push(problem),
    } as unknown as RpcClient;
    const bundle = { path: folder, name: 'box', rootfs: `${folder}/rootfs` };
    watches = new LayerWatches({
      get: () => ({ ...container, bundle }),
    } as unknown as ContainerRegistry);
  });
  afterEach(() => watches.end(client, folder));

  /** A watcher says at once that there is no such layer. */
  const told = async () => {
    await setTimeout(50);
    return problems.length;
  };

  it('watches', async () => {
    watches.begin(client, folder);
    assert.equal(await told(), 1);
  });

  it('watches nothing that was ended', async () => {
    watches.begin(client, folder);
    watches.end(client, folder);
    assert.equal(await told(), 0);
  });

  it('watches once where it was begun twice', async () => {
    watches.begin(client, folder);
    watches.begin(client, folder);
    assert.equal(await told(), 1);
  });

  it('refuses a container that has stopped', () => {
    container.isLive = false;
    assert.throws(() => watches.begin(client, folder), { code: 'container-unknown' });
  });
});
