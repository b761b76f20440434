import assert from 'node:assert/strict';
import { isSyscallName, syscallNumbers } from '../../../../src/core/seccomp/syscallNumbers';

describe('syscallNumbers', () => {
  it('has the numbers of each architecture', () => {
    const tables = ['x86_64', 'x86', 'aarch64', 'arm'] as const;
    const numbers = (name: string) => tables.map((table) => syscallNumbers(table).get(name));
    assert.deepEqual(numbers('read'), [0, 3, 63, 3]);
    assert.deepEqual(numbers('clone'), [56, 120, 220, 120]);
    assert.deepEqual(numbers('clone3'), [435, 435, 435, 435]);
    assert.deepEqual(numbers('bpf'), [321, 357, 280, 386]);
    assert.deepEqual(numbers('open'), [2, 5, undefined, 5]);
    assert.deepEqual(numbers('newfstatat'), [262, undefined, 79, undefined]);
    assert.deepEqual(numbers('socketcall'), [undefined, 102, undefined, undefined]);
    assert.deepEqual(numbers('set_tls'), [undefined, undefined, undefined, 0xf0005]);
  });

  it('knows two names of one number', () => {
    const arm = syscallNumbers('arm');
    assert.deepEqual([arm.get('sync_file_range2'), arm.get('arm_sync_file_range')], [341, 341]);
  });

  it('knows a name of any architecture, and no number', () => {
    assert.deepEqual(['recv', 'set_tls', 'readv2', '3'].map(isSyscallName), [
      true,
      true,
      false,
      false,
    ]);
  });
});
