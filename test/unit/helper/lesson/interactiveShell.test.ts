// Which command lines are those of a shell that somebody types into.
import assert from 'node:assert/strict';
import { takesCommands } from '../../../../src/helper/lesson/interactiveShell';

describe('takesCommands', () => {
  const cases: [line: string, takes: boolean][] = [
    ['bash', true],
    ['-bash', true],
    ['/bin/sh', true],
    ['bash -i', true],
    ['bash --norc --rcfile /tmp/rc', true],
    ['bash -o vi', true],
    ['sh -e', true],
    ['busybox sh', true],
    ['/bin/busybox ash -l', true],
    ['bash script.sh', false],
    ['sh -c ls', false],
    ['bash -lc ls', false],
    ['bash --norc script', false],
    ['busybox sh script', false],
    ['busybox ps -o pid,comm', false],
    ['busybox', false],
  ];
  for (const [line, takes] of cases)
    it(`${takes ? 'takes' : 'does not take'} ${line} for one`, () =>
      assert.equal(takesCommands(line.split(' ')), takes));

  it('takes none where the command line is not known', () =>
    assert.equal(takesCommands([]), false));
});
