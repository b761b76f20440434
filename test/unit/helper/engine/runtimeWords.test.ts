/** What a person reads of a runtime's log. */
import assert from 'node:assert/strict';
import { runtimeWords } from '../../../../src/helper/engine/runtimeWords';

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
    assert.equal(
      runtimeWords(printed),
      'runc run failed: exec: "/bin/none": no such file or directory',
    );
  });

  it('are the last line where there is no log', () => {
    assert.equal(
      runtimeWords('warning: odd\nopen `/x`: No such file or directory\n'),
      'open `/x`: No such file or directory',
    );
    assert.equal(runtimeWords('level=error msg="cut o'), 'level=error msg="cut o');
    assert.equal(runtimeWords('\n'), '');
  });
});
