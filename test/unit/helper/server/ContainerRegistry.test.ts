// Starts that wait for their turn: nothing is done for them, and nothing is begun when the helper ends.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { looksHere } from '../../../../src/helper/engine/looksHere';
import { ContainerRegistry } from '../../../../src/helper/server/ContainerRegistry';
import { Journal } from '../../../../src/helper/server/Journal';
import { Streams } from '../../../../src/helper/server/Streams';
import { gate } from '../gate';

describe('ContainerRegistry', () => {
  const streams = new Streams(() => undefined);
  after(() => streams.dispose());

  it('opens no bundle of a start that waits, and none when the helper ends', async () => {
    const opened: string[] = [];
    const slow = gate();
    const launcher = {
      looks: {
        ...looksHere,
        openForStart: async (folder: string) => {
          opened.push(folder);
          await slow.opened;
          throw new Error('there is none');
        },
      },
      launch: () => Promise.reject(new Error('no start')),
      session: () => Promise.reject(new Error('no session')),
    };
    const journal = new Journal(() => undefined);
    const registry = new ContainerRegistry(streams, launcher, journal, { uid: 0, gid: 0 });
    const asked = Array.from({ length: 300 }, (_, index) => {
      const of = { bundle: `/nowhere/${index}`, kind: 'bundle' } as const;
      return registry.start(of, { cols: 80, rows: 24 }).catch((error: unknown) => error);
    });
    await setImmediate();
    const begun = opened.length;
    assert.ok(begun > 0 && begun < asked.length, `${begun} begin at once`);
    await registry.stopAll(0);
    slow.open();
    const errors = (await Promise.all(asked)) as { code?: string; message: string }[];
    assert.equal(opened.length, begun);
    assert.ok(errors.slice(0, begun).every(({ message }) => message === 'there is none'));
    assert.ok(errors.slice(begun).every(({ code }) => code === 'helper-ends'));
  });
});
