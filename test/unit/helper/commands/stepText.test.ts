// What run --step shows of the steps of a start.
import assert from 'node:assert/strict';
import {
  announceSteps,
  question,
  resultsText,
  shownQuestion,
  stepKeys,
} from '../../../../src/helper/commands/stepText';

const plain = (text: string) => text.replaceAll(/\x1b\[\d*[mK]/g, ''); // eslint-disable-line no-control-regex

describe('the text of run --step', () => {
  it('has the reason of each step above its command, made safe', () => {
    const step = { id: 'a', where: 'host' as const, calls: [], gate: 0 };
    assert.equal(
      plain(
        announceSteps([
          { ...step, command: 'mount /a', why: 'Mount it' },
          { ...step, command: 'echo \x1b[31m', why: 'Say it' },
        ]),
      ),
      '# Mount it\r\n$ mount /a\r\n# Say it\r\n$ echo \\x1b[31m\r\n',
    );
  });

  it('asks for one step or for several that go together, and names every key', () => {
    assert.match(question({ next: 0, of: 9 }, 1), /^Step 1 of 9: Enter runs it,/);
    const text = question({ next: 97, of: 100 }, 3);
    assert.match(text, /^Steps 98 to 100 of 100: Enter runs them,/);
    assert.ok(text.length < 80, 'it fits into a row');
    for (const key of stepKeys.keys())
      if (key.trim()) assert.match(text, new RegExp(`, ${key} `), key);
  });

  it('takes the question away where it fits into one row', () => {
    assert.equal(shownQuestion('asks', 5)[1], '\r\x1b[K');
    assert.equal(shownQuestion('asks', 4)[1], '\r\n');
  });

  it('has the calls with their answers, by step where there are several', () => {
    const done = { index: 2, calls: [{ call: 'chdir("/")', answer: '0' }] };
    const failed = {
      index: 3,
      calls: [{ call: 'mount()', answer: '-1 EPERM (Not)' }],
      failure: '',
    };
    const skipped = { index: 4, calls: [], skipped: true };
    assert.equal(plain(resultsText([done])), '    chdir("/") = 0\r\n');
    assert.equal(
      plain(resultsText([done, failed, skipped])),
      '  step 3:\r\n    chdir("/") = 0\r\n  step 4:\r\n    mount() = -1 EPERM (Not)\r\n  step 5:\r\n    nothing to do\r\n',
    );
  });
});
