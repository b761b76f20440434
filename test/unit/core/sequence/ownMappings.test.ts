import assert from 'node:assert/strict';
import { ownMappings } from '../../../../src/core/sequence/ownMappings';

describe('ownMappings', () => {
  it('maps nobody but the person where newuidmap could not map their range', async () => {
    const { uidMappings, gidMappings } = await ownMappings({ uid: 1234, gid: 99 }, () => false);
    assert.deepEqual(uidMappings, [{ containerID: 0, hostID: 1234, size: 1 }]);
    assert.deepEqual(gidMappings, [{ containerID: 0, hostID: 99, size: 1 }]);
  });

  it('maps nobody but the person where they have no name, and so no range', async () => {
    const { uidMappings } = await ownMappings({ uid: 3_999_999_999, gid: 99 }, () => true);
    assert.deepEqual(uidMappings, [{ containerID: 0, hostID: 3_999_999_999, size: 1 }]);
  });
});
