// What a helper goes through before its first start: it ends, and nothing is left of it.
import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { rehearseLooks, rehearsePlans } from '../../../../src/helper/engine/rehearsal';

/** The children of this process, which stay where nothing was started. */
async function children(): Promise<string> {
  const all = readdirSync('/proc/self/task').map((task) =>
    readFile(`/proc/self/task/${task}/children`, 'latin1').catch(() => ''),
  );
  return (await Promise.all(all)).join('');
}

describe('rehearsal', function () {
  this.timeout(60_000);

  /** Node tells of each process that it starts, and waits for none of them. */
  let started = 0;
  const count = () => void started++;
  before(() => subscribe('child_process', count));
  after(() => unsubscribe('child_process', count));

  it('goes through the looks and the plans, and starts nothing', async () => {
    const before = await children();
    await rehearseLooks();
    await rehearsePlans();
    assert.equal(await children(), before);
    assert.equal(started, 0);
    await once(childProcess.spawn('true'), 'exit');
    assert.equal(started, 1, 'one that has ended is counted');
  });
});
