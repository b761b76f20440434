// What is known of the answers of system calls, held against what the plan says of them.
import assert from 'node:assert/strict';
import type { Step } from '../../../../../src/core/sequence/step';
import { answeredSteps } from '../../../../../src/helper/engine/shared/answeredCalls';

const step = (kind: string): Step => ({ id: kind, where: 'namespaces', why: kind, kind }) as Step;
const call = (name: string, answer = '0') => ({ call: `${name}(1)`, answer });
const told = (name: string, answer: string) => ({ name, answer });

const steps = ['join', 'unshare', 'mount', 'createFiles', 'execute'].map(step);
const planned = [
  [call('openat', '9'), call('setns')],
  [call('clone3', '4711')],
  [call('openat2', '8'), call('fsopen', '10'), call('personality', '0 (PER_LINUX)')],
  [call('openat2', '-1 ENOENT (No)'), call('openat', '8'), call('openat2', '-1 ENOENT (No)')],
  [call('execve')],
];
const toldTogether = [{ as: 1, steps: [0, 1] }];

const of = (answers: Readonly<Record<number, readonly ReturnType<typeof told>[]>>) =>
  answeredSteps({ steps, toldTogether }, planned, (index) => answers[index] ?? []);

describe('answeredSteps', () => {
  it('has what was told, and says of all else that it was expected', () => {
    const answers = [told('openat2', '7'), told('fsopen', '12'), told('personality', '0')];
    const [, , mount, , execute] = of({ 2: answers });
    assert.deepEqual(mount, [
      call('openat2', '7'),
      call('fsopen', '12'),
      call('personality', '0 (PER_LINUX)'),
    ]);
    assert.deepEqual(execute, [{ ...call('execve'), isExpected: true }]);
  });

  it('leaves out what is no call of the plan', () => {
    const answers = ['openat2', 'mkdirat', 'fsopen', 'personality'].map((name) => told(name, '3'));
    assert.deepEqual(
      of({ 2: answers })[2]!.map(({ answer }) => answer),
      ['3', '3', '3'],
    );
  });

  it('takes nothing for an answer where the calls are not those of the plan', () => {
    for (const names of [['fsopen', 'openat2', 'personality'], ['openat2'], ['openat2', 'openat2']])
      for (const one of of({ 2: names.map((name) => told(name, '3')) })[2]!)
        assert.equal(one.isExpected, true, names.join());
  });

  it('hands the calls that are told together to their steps', () => {
    const answers = [told('openat', '5'), told('setns', '0'), told('clone3', '99')];
    const [join, unshare] = of({ 1: answers });
    assert.deepEqual(join, [call('openat', '5'), call('setns')]);
    assert.deepEqual(unshare, [call('clone3', '99')]);
  });

  it('shows no creation of what was there already', () => {
    const there = [told('openat2', '8'), told('openat2', '-1 ENOENT (No)')];
    assert.deepEqual(of({ 3: there })[3], [
      call('openat2', '8'),
      call('openat2', '-1 ENOENT (No)'),
    ]);
  });
});
