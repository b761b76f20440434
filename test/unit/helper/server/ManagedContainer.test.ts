// A stop ends what holds it up: a look for the command before the start, processes that are looked at.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bundle } from '../../../../src/core/bundle/loadBundle';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { startingPoints } from '../../../../src/core/config/templates';
import type { Signal } from '../../../../src/core/config/stopSignal';
import { boundedReads } from '../../../../src/helper/processes/BoundedReads';
import { looksHere } from '../../../../src/helper/engine/looksHere';
import { Journal } from '../../../../src/helper/server/Journal';
import type { Launcher } from '../../../../src/helper/server/Launcher';
import { ManagedContainer } from '../../../../src/helper/server/ManagedContainer';
import { Streams } from '../../../../src/helper/server/Streams';
import type { ContainerExit } from '../../../../src/protocol/container';
import { gate } from '../gate';

describe('ManagedContainer', function () {
  this.timeout(20_000);
  const notes = startingPoints.find(({ id }) => id === 'notes')!.config('box');
  const { config } = parseConfig(JSON.stringify(notes));
  const bundle = {
    path: '/nowhere/box',
    name: 'box',
    rootfs: '/nowhere/box/rootfs',
    config: config!,
  };
  const streams = new Streams(() => undefined);
  const [one, other] = [gate(), gate()];
  after(() => {
    one.open();
    other.open();
    streams.dispose();
  });

  /** @param last the signal that it ends by */
  async function started(last: Signal) {
    const sent: Signal[] = [];
    let end!: (exit: ContainerExit) => void;
    const exited = new Promise<ContainerExit>((resolve) => (end = resolve));
    const launched = {
      bundle,
      hostPid: process.pid,
      procfs: undefined,
      session: () => Promise.reject(new Error('no session')),
      exited,
      signal: (signal: Signal) => {
        sent.push(signal);
        if (signal === last) end({ code: 137, message: 'It was ended.' });
      },
    };
    const container = managed(bundle, () => Promise.resolve(launched));
    await container.start();
    return { container, sent };
  }

  const managed = (of: Bundle, launch: Launcher['launch']) =>
    new ManagedContainer(
      'id',
      of,
      streams.open({ cols: 80, rows: 24 }),
      { looks: looksHere, launch, session: () => Promise.reject(new Error('no session')) },
      streams,
      new Journal(() => undefined),
      () => undefined,
      () => Promise.resolve(),
    );

  it('is stopped while its command is looked for, and looks no further', async () => {
    const rootfs = await mkdtemp(path.join(tmpdir(), 'terrarium-'));
    try {
      const folders = Array.from({ length: 900 }, (_, index) => `/a/${index}`);
      const process = {
        ...bundle.config.process,
        ...{ args: ['tool'] as [string], env: [`PATH=${folders.join(':')}`] },
      };
      const of = { ...bundle, rootfs, config: { ...bundle.config, process } };
      const container = managed(of, async (_, { checked } = {}) => {
        await checked;
        throw new Error('the command was found');
      });
      const starting = container.start();
      starting.catch(() => undefined); // the stop comes first
      await container.stop(0);
      await assert.rejects(starting, { code: 'cancelled' });
      assert.match(container.info.failure ?? '', /was cancelled/);
      assert.equal(container.info.asked, true);
    } finally {
      await rm(rootfs, { recursive: true });
    }
  });

  it('is killed after its grace while a look at it waits, and asked first where there is the time', async () => {
    // As two processes do that hold up who reads their stat: for its limit every look waits its turn.
    void boundedReads.ask(1, () => one.opened);
    void boundedReads.ask(2, () => other.opened);
    const soon = await started('SIGKILL');
    await soon.container.stop(50);
    assert.equal(soon.sent[0], 'SIGKILL');
    // Now nothing is looked at any more: what is not known may hear it.
    const late = await started('SIGHUP');
    await late.container.stop(15_000);
    assert.deepEqual(late.sent, ['SIGTERM', 'SIGHUP']);
  });
});
