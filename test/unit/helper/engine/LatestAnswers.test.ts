import assert from 'node:assert/strict';
import { LatestAnswers } from '../../../../src/helper/engine/LatestAnswers';

describe('LatestAnswers', () => {
  it('sends an answer once for as long as it is the same', () => {
    const latest = new LatestAnswers();
    const answer = () => ({ path: '/box', sources: new Map([['/srv', 'directory']]) });
    assert.deepEqual(latest.kept('box', answer()), { slot: 0, value: answer() });
    assert.deepEqual(latest.kept('box', answer()), { slot: 0, isKept: true });
    assert.deepEqual(latest.kept('other', answer()), { slot: 1, value: answer() });
    answer().sources.set('/srv', 'file');
    const changed = { path: '/box', sources: new Map([['/srv', 'file']]) };
    assert.deepEqual(latest.kept('box', changed), { slot: 0, value: changed });
    assert.deepEqual(latest.kept('other', answer()), { slot: 1, isKept: true });
  });

  it('keeps no long answer', () => {
    const latest = new LatestAnswers();
    const long = 'x'.repeat(64 * 1024);
    for (let time = 0; time < 2; time++)
      assert.deepEqual(latest.kept('box', long), { value: long });
  });

  it('gives the slot of what was not asked for the longest to what is new', () => {
    const latest = new LatestAnswers();
    for (let at = 0; at < 64; at++) assert.equal(latest.kept(`box${at}`, at).slot, at);
    assert.equal(latest.kept('box0', 0).isKept, true);
    assert.deepEqual(latest.kept('new', 'x'), { slot: 1, value: 'x' });
    assert.deepEqual(latest.kept('box1', 1), { slot: 2, value: 1 });
    assert.deepEqual(latest.kept('box0', 0), { slot: 0, isKept: true });
  });
});
