/** The document that runc and crun are given: numbers that a double does not hold. */
import assert from 'node:assert/strict';
import { runtimeText } from '../../../../../src/helper/engine/oci/runtimeConfig';

describe('runtimeText', () => {
  it('gives back the largest uint64 and int64, which Go reads as nothing else', () => {
    const text = '{"soft":18446744073709551615,"limit":9223372036854775807,"small":-1}';
    assert.equal(runtimeText(JSON.parse(text) as object), text);
  });
});
