import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fdinfoField } from '../../../../src/core/fs/fdinfoField';

describe('fdinfoField', () => {
  it('reads what this kernel says of a descriptor', () => {
    const fd = openSync('/proc/self/fd', 'r');
    try {
      const info = readFileSync(`/proc/self/fdinfo/${fd}`);
      assert.match(fdinfoField(info, 'flags') ?? '', /^0[0-7]+$/);
      const mount = fdinfoField(info, 'mnt_id');
      const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
      assert.ok(mounts.some((line) => line.startsWith(`${mount} `) && line.includes(' - proc ')));
    } finally {
      closeSync(fd);
    }
  });

  it('says nothing of a field that is not there', () => {
    assert.equal(fdinfoField('pos:\t0\nflags:\t02\n', 'mnt_id'), undefined);
  });
});
