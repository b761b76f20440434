// What run --step shows of the steps of a start.
import assert from 'node:assert/strict';
import {
  commandsText,
  question,
  resultsText,
  shownQuestion,
  stepKeys,
} from '../../../../src/helper/commands/stepText';

const plain = (text: string) => text.replaceAll(/\x1b\[\d*[mK]/g, ''); // eslint-disable-line no-control-regex

describe('the text of run --step', () => {
  it('has the reason of each step above its command, made safe', () => {
    assert.equal(
      plain(
        commandsText([
          { lines: ['mount /a'], why: 'Mount it' },
          { lines: ['for a in b; do', '  echo \x1b[31m', 'done'], why: 'Say it' },
        ]),
      ),
      '# Mount it\r\n$ mount /a\r\n# Say it\r\n$ for a in b; do\r\n    echo \\x1b[31m\r\n  done\r\n',
    );
  });

  it('counts what goes together as one step, and names every key', () => {
    const text = question({ next: 97, gate: 19, gates: 100 });
    assert.match(text, /^Step 20 of 100: Enter runs it,/);
    assert.ok(text.length < 80, 'it fits into a row');
    for (const key of stepKeys.keys())
      if (key.trim()) assert.match(text, new RegExp(`, ${key} `), key);
  });

  it('takes the question away where it fits into one row', () => {
    assert.equal(shownQuestion('asks', 5)[1], '\r\x1b[K');
    assert.equal(shownQuestion('asks', 4)[1], '\r\n');
  });

  it('has the calls with their answers, below their reason where there are several steps', () => {
    const done = { index: 2, calls: [{ call: 'chdir("/")', answer: '0' }] };
    const failed = {
      index: 3,
      calls: [{ call: 'mount()', answer: '-1 EPERM (Not)' }],
      failure: '',
    };
    const skipped = { index: 4, calls: [], skipped: true };
    const steps = ['a', 'b', 'Go up', 'Mount \x1bit', 'Hide it'].map((why) => ({
      ...{ id: why, where: 'host' as const, command: why, why },
    }));
    assert.equal(plain(resultsText([done], steps)), '    chdir("/") = 0\r\n');
    assert.equal(plain(resultsText([skipped], steps)), '    nothing to do\r\n');
    assert.equal(
      plain(resultsText([done, failed, skipped], steps)),
      '  # Go up\r\n    chdir("/") = 0\r\n  # Mount \\x1bit\r\n    mount() = -1 EPERM (Not)\r\n' +
        '    nothing to do for 1 of 3 commands: what they are for is not there\r\n',
    );
    const expected = { index: 0, calls: [{ call: 'execve()', answer: '0', isExpected: true }] };
    assert.equal(plain(resultsText([expected], steps)), '    execve() = 0 (expected)\r\n');
  });
});
