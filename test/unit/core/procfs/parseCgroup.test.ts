import assert from 'node:assert/strict';
import { parseCgroup, unifiedPath } from '../../../../src/core/procfs/parseCgroup';

const hybrid = `5:freezer:/box
4:cpu,cpuacct:/a:b
1:name=systemd:/init.scope
0::/user slice
`;

describe('parseCgroup', () => {
  it('reads the hierarchies of a hybrid machine, and names with a colon or a space', () => {
    assert.deepEqual(parseCgroup(hybrid), [
      { version: 1, controllers: ['freezer'], path: '/box' },
      { version: 1, controllers: ['cpu', 'cpuacct'], path: '/a:b' },
      { version: 1, controllers: ['name=systemd'], path: '/init.scope' },
      { version: 2, controllers: [], path: '/user slice' },
    ]);
  });

  it('finds the place in version 2, and none where there is none', () => {
    assert.equal(unifiedPath(hybrid), '/user slice');
    assert.equal(unifiedPath('5:freezer:/box\n'), undefined);
    assert.equal(unifiedPath(''), undefined);
  });
});
