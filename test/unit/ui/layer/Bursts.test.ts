import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { Bursts } from '../../../../src/ui/layer/Bursts';

describe('Bursts', () => {
  it('runs at once, and once for all that comes soon after it', async () => {
    let runs = 0;
    const bursts = new Bursts(() => runs++, 50);
    bursts.ask();
    assert.equal(runs, 1);
    for (let at = 0; at < 100; at++) bursts.ask();
    assert.equal(runs, 1);
    await setTimeout(75);
    assert.equal(runs, 2);
    await setTimeout(75);
    bursts.ask();
    assert.equal(runs, 3);
    bursts.ask();
    bursts.dispose();
    await setTimeout(75);
    assert.equal(runs, 3);
  });
});
