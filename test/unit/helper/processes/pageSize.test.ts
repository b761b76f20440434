import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { pageSize } from '../../../../src/helper/processes/pageSize';

describe('pageSize', () => {
  it('is what getconf(1) says', () => {
    assert.equal(pageSize(), Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' })));
  });

  it('reads the entry for 64 KiB pages', () => {
    const vector = Buffer.alloc(48);
    vector.writeBigUInt64LE(33n, 0);
    vector.writeBigUInt64LE(6n, 16);
    vector.writeBigUInt64LE(65536n, 24);
    assert.equal(pageSize(vector), 65536);
  });
});
