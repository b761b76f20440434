/** What is said of an init as PID 1 before it starts. */
import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { shutdownWarnings } from '../../../../src/core/config/systemInit';

const config = (process: object) =>
  parseConfig(JSON.stringify({ ociVersion: '1.0.2', process: { cwd: '/', ...process } })).config!;

describe('shutdownWarnings', () => {
  it('says of an init that its cgroups of version 1 stay, where this machine has any', () => {
    const init = config({ args: ['/sbin/init'] });
    for (const [layout, count] of [
      ['v2', 1],
      ['none', 1],
      ['hybrid', 2],
      ['v1', 2],
    ] as const)
      assert.equal(shutdownWarnings(init, false, layout).length, count, layout);
    assert.match(shutdownWarnings(init, false, 'hybrid')[1]!, /init\.scope.* stays .*"user"/);
  });

  it('says nothing of file systems where a filter keeps them as they are', () => {
    const init = config({ args: ['/sbin/init'] });
    assert.deepEqual(shutdownWarnings(init, true, 'v2'), []);
    assert.match(shutdownWarnings(init, true, 'v1')[0]!, /init\.scope/);
  });

  it('says nothing of a shell, or of an init that may mount nothing', () => {
    assert.deepEqual(shutdownWarnings(config({ args: ['/bin/sh'] }), false, 'v1'), []);
    const capabilities = { bounding: ['CAP_KILL'] };
    for (const some of [capabilities, {}])
      assert.deepEqual(
        shutdownWarnings(config({ args: ['/sbin/init'], capabilities: some }), false, 'v1'),
        [],
      );
  });
});
