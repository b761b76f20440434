import assert from 'node:assert/strict';
import { QuietStarts } from '../../../../src/helper/server/QuietStarts';

describe('QuietStarts', () => {
  it('lets tell at once where nothing starts', () => {
    let told = 0;
    new QuietStarts().whenOver(() => told++);
    assert.equal(told, 1);
  });

  it('lets tell when the last start is over', () => {
    const [quiet, told] = [new QuietStarts(), [] as number[]];
    const [one, other] = [quiet.begin(), quiet.begin()];
    quiet.whenOver(() => told.push(1));
    quiet.whenOver(() => told.push(2));
    one();
    one(); // the second call ends nothing else
    assert.deepEqual(told, []);
    other();
    assert.deepEqual(told, [1, 2]);
  });

  it('keeps nobody waiting for a start that takes long', async () => {
    const quiet = new QuietStarts();
    quiet.begin();
    for (let round = 0; round < 2; round++)
      await new Promise<void>((resolve) => quiet.whenOver(resolve)); // mocha's time limit is the assertion
  });
});
