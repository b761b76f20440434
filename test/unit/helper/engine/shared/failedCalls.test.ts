import assert from 'node:assert/strict';
import { failedCalls } from '../../../../../src/helper/engine/shared/failedCalls';

const planned = [
  { call: 'openat2(8, "/tmp", {}, 24)', answer: '7' },
  { call: 'fsopen("tmpfs", FSOPEN_CLOEXEC)', answer: '9' },
  { call: 'fsconfig(9, FSCONFIG_SET_STRING, "source", "tmpfs", 0)', answer: '0' },
  { call: 'fsconfig(9, FSCONFIG_SET_STRING, "size", "x", 0)', answer: '0' },
  { call: 'fsconfig(9, FSCONFIG_CMD_CREATE, NULL, NULL, 0)', answer: '0' },
  { call: 'move_mount(10, "", 7, "", 0)', answer: '0' },
];
const answer = '-1 EINVAL (Invalid argument)';
const expected = planned.map((call) => ({ ...call, isExpected: true }));

describe('failedCalls', () => {
  it('ends with the call that failed, of several in a row with the right one', () => {
    const calls = failedCalls(planned, [], { name: 'fsconfig', times: 2, answer });
    assert.deepEqual(calls, [...expected.slice(0, 3), { ...planned[3], answer }]);
  });

  it('has what the kernel has answered before, where that was told', () => {
    const names = ['openat2', 'fsopen', 'fsconfig'];
    const told = names.map((name, at) => ({ name, answer: String(at + 20) }));
    const before = told.map(({ answer: now }, at) => ({ ...planned[at], answer: now }));
    const failed = { name: 'fsconfig', times: 2, answer };
    assert.deepEqual(failedCalls(planned, [...told, { name: 'fsconfig', answer }], failed), [
      ...before,
      { ...planned[3], answer },
    ]);
    assert.deepEqual(failedCalls(planned, told, failed), [...before, { ...planned[3], answer }]);
  });

  it('takes the last of a name that was called more often than is told', () => {
    const calls = failedCalls(planned, [], { name: 'openat2', times: 3, answer });
    assert.deepEqual(calls, [{ ...planned[0], answer }]);
  });

  it('takes the last one where the name is none of them, and none where nothing is known', () => {
    assert.deepEqual(failedCalls(planned, [], { name: 'mkdirat', times: 1, answer }).at(-1), {
      ...planned.at(-1),
      answer,
    });
    assert.deepEqual(failedCalls(planned, [], undefined), []);
    assert.deepEqual(failedCalls([], [], { name: 'mkdirat', times: 1, answer }), []);
  });
});
