/** The words for an end, where PID 1 can end by a signal that nobody sent. */
import assert from 'node:assert/strict';
import { containerExit, rebootOrCode } from '../../../../../src/helper/engine/shared/containerExit';

describe('how a container ended', () => {
  it('is a reboot, or a halt, where PID 1 of a PID namespace ends by the signal for it', () => {
    assert.deepEqual(containerExit('box', undefined, 'SIGHUP', '', true), {
      ...{ code: 129, signal: 'SIGHUP', reboot: 'restart' },
      message: '“box” rebooted itself (reboot(2)): that ends a container.',
    });
    assert.deepEqual(containerExit('box', undefined, 'SIGINT', '', true), {
      ...{ code: 130, signal: 'SIGINT', reboot: 'halt' },
      message: '“box” halted itself (reboot(2)).',
    });
  });

  it('is the signal where it is another, or where PID 1 shares the PID namespace of the machine', () => {
    for (const [signal, isInit] of [
      ['SIGKILL', true],
      ['SIGSEGV', true],
      ['SIGHUP', false],
      ['SIGINT', false],
    ] as const) {
      const { reboot, message } = containerExit('box', undefined, signal, '', isInit);
      assert.deepEqual([reboot, message], [undefined, `“box” was ended by ${signal}.`]);
    }
  });

  it('is the exit code where the program chose that of a signal', () => {
    const { signal, reboot, message } = containerExit('box', 129, undefined, '', true);
    assert.deepEqual(
      [signal, reboot, message],
      [undefined, undefined, '“box” ended with exit code 129.'],
    );
  });

  it('is said with “or” where a runtime passes it on as an exit code', () => {
    const ended = (code: number) => rebootOrCode('box', containerExit('box', code, undefined, ''));
    assert.match(
      ended(129).message,
      /code 129: it rebooted itself \(reboot\(2\)\), or its program/,
    );
    assert.match(ended(130).message, /code 130: it halted itself \(reboot\(2\)\), or its program/);
    assert.equal(ended(1).message, '“box” ended with exit code 1.');
    assert.equal(ended(129).reboot, undefined);
  });
});
