/** What is measured in VS Code can be measured: each bench with a window, once and at its smallest. No figure is judged. */
import assert from 'node:assert/strict';
import { benches, runSmallest } from '../bench/smallest';
import { skipBecause } from '../skip';

describe('the benches with a window', () => {
  const names = ['console', 'host', 'picture', 'prompt'];

  it('all have a test', async () => {
    const all = await benches();
    assert.deepEqual(
      all.filter(({ level }) => level === 'ui').map(({ name }) => name),
      names,
    );
  });

  for (const name of names)
    it(`measure, and report as JSON (${name})`, async function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'these benches make PID namespaces');
      const { skipped } = await runSmallest(name);
      assert.deepEqual(skipped, []);
    });
});
