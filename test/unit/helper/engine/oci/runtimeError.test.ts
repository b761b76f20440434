/** What a person reads of a runtime's log. */
import assert from 'node:assert/strict';
import { runtimeError } from '../../../../../src/helper/engine/oci/runtimeError';

const time = 'time="2026-11-26T01:50:28Z"';

describe('the words of a runtime that failed', () => {
  it('are the last error of runc’s log, without its quotes', () => {
    const printed = [
      `${time} level=warning msg="Failed to remove cgroup (will retry)" error="rmdir /x: busy"`,
      `${time} level=error msg="Failed to remove cgroup" error="rmdir /x: busy"`,
      `${time} level=error msg="runc run failed: exec: \\"/bin/none\\": no such file\\nor directory"`,
      `${time} level=warning msg="and more"`,
      '',
    ].join('\n');
    const { words, rest } = runtimeError(printed);
    assert.equal(words, 'runc run failed: exec: "/bin/none": no such file or directory');
    const others = printed.split('\n').filter((line) => !line.includes('runc run failed'));
    assert.equal(rest, others.join('\n'));
  });

  it('are the last line where there is no log', () => {
    assert.deepEqual(runtimeError('warning: odd\nopen `/x`: No such file or directory\n'), {
      words: 'open `/x`: No such file or directory',
      rest: 'warning: odd\n',
    });
    const cut = 'level=error msg="cut o';
    assert.deepEqual(runtimeError(cut), { words: cut, rest: '' });
    assert.deepEqual(runtimeError('\n'), { words: '', rest: '' });
  });
});
