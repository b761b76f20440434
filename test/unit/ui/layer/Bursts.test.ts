import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Bursts } from '../../../../src/ui/layer/Bursts';

describe('Bursts', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('runs at once, and once for all that comes soon after it', () => {
    let runs = 0;
    const bursts = new Bursts(() => runs++, 50);
    bursts.ask();
    assert.equal(runs, 1);
    for (let at = 0; at < 100; at++) bursts.ask();
    mock.timers.tick(49);
    assert.equal(runs, 1);
    mock.timers.tick(1);
    assert.equal(runs, 2);
    mock.timers.tick(50);
    bursts.ask();
    assert.equal(runs, 3);
    bursts.ask();
    bursts.dispose();
    mock.timers.tick(50);
    assert.equal(runs, 3);
  });
});
