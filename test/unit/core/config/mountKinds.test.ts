import assert from 'node:assert/strict';
import fc from 'fast-check';
import { topmostMountAt, topmostMounts } from '../../../../src/core/config/mountKinds';
import { seeded } from '../../../seed';

const place = fc
  .array(fc.constantFrom('a', 'b', '.'), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join('/')}`);
const mounts = fc.array(
  place.map((destination) => ({ destination, type: 'tmpfs' })),
  { maxLength: 6 },
);

describe('topmostMounts', () => {
  it('finds what topmostMountAt finds, of any mounts', () =>
    fc.assert(
      fc.property(mounts, place, (all, at) =>
        assert.equal(topmostMounts(all)(at), topmostMountAt({ mounts: all }, at)),
      ),
      seeded('topmost mounts', 1000),
    ));
});
