// What a container is asked to end with, and that a look which never comes back does not change it.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import type { OciConfig } from '../../../../src/core/config/schema';
import { BoundedReads } from '../../../../src/helper/processes/BoundedReads';
import { type StopLook, hearsAny, stopSignals } from '../../../../src/helper/server/stopSignals';
import type { Unheard } from '../../../../src/protocol/messages';
import { type Gate, gate } from '../gate';

const config = (program: string, annotations = {}) =>
  ({ process: { args: [program] }, annotations }) as unknown as OciConfig;

describe('stopSignals', () => {
  const gates: Gate[] = [];
  after(() => gates.forEach(({ open }) => open()));
  const never = () => {
    const one = gate();
    gates.push(one);
    return one.opened;
  };
  const look = (exe: string, unheard: Record<number, Unheard | undefined> = {}): StopLook => ({
    reads: new BoundedReads(60_000),
    exe: () => Promise.resolve(exe),
    unheardBy: (_, signal) => Promise.resolve(unheard[signal]),
  });
  const silent = (): StopLook => ({
    reads: new BoundedReads(20),
    exe: never,
    unheardBy: () => never().then(() => 'init' as const),
  });

  it('are those of the program', async () => {
    assert.deepEqual(
      await stopSignals(config('/sbin/init'), 7, look('/lib/systemd/systemd')),
      [37],
    );
    assert.deepEqual(await stopSignals(config('/bin/sh'), 7, look('/bin/sh')), [
      ...['SIGTERM', 'SIGHUP'],
    ]);
    assert.deepEqual(await stopSignals(config('/bin/true'), 7, look('')), ['SIGTERM']);
  });

  it('are SIGTERM where PID 1 holds up who asks for its program', async () => {
    assert.deepEqual(await stopSignals(config('/sbin/init'), 7, silent()), ['SIGTERM']);
  });

  it('are heard unless it is sure that none is', async () => {
    const { SIGTERM, SIGHUP } = constants.signals;
    const both = ['SIGTERM', 'SIGHUP'] as const;
    const hears = (unheard: Record<number, Unheard | undefined>) =>
      hearsAny(7, both, look('', unheard));
    assert.equal(await hears({ [SIGTERM]: 'init', [SIGHUP]: 'ignored' }), false);
    assert.equal(await hears({ [SIGTERM]: 'init' }), true);
    assert.equal(await hears({ [SIGTERM]: 'init', [SIGHUP]: 'stopped' }), true);
    assert.equal(await hearsAny(7, both, silent()), true, 'not known');
  });
});
