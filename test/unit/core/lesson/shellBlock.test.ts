// What is typed of a block.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  type ShellBlock,
  hasPrompts,
  mayFail,
  typedLines,
} from '../../../../src/core/lesson/shellBlock';

describe('typedLines', () => {
  const cases: [name: string, block: ShellBlock, text: string, lines: string[]][] = [
    ['every line of a script', 'script', '\nls\n\nid\n\n', ['ls', '', 'id']],
    ['nothing of an empty block', 'script', '', []],
    ['nothing of blank lines', 'script', '\n \n', []],
    ['comments, which a shell reads too', 'script', '# a\nls', ['# a', 'ls']],
    ['commands behind a prompt, and no output', 'session', '$ ls\nbin\n$ id\nuid=0', ['ls', 'id']],
    ['prompts of BusyBox', 'session', '/ # ls\n/proc # ps', ['ls', 'ps']],
    ['prompts with a host', 'session', 'me@box:~$ ls\nroot@box # id', ['ls', 'id']],
    ['a root prompt', 'session', '# id\nuid=0', ['id']],
    [
      'a command that goes on',
      'session',
      '$ ls \\\n  -l\nbin\n$ cat <<E\n> a\n> E',
      ['ls \\', '  -l', 'cat <<E', 'a', 'E'],
    ],
    ['all lines where none has a prompt', 'session', 'ls\nid', ['ls', 'id']],
    ['a prompt with nothing behind it', 'session', '$ ls\n$', ['ls', '']],
  ];
  for (const [name, block, text, lines] of cases)
    it(`takes ${name}`, () => assert.deepEqual(typedLines(text, block), lines));
});

describe('the colours of a session', () => {
  const grammar = JSON.parse(readFileSync('media/session.tmLanguage.json', 'utf8')) as {
    readonly patterns: readonly { readonly match: string }[];
  };
  const prompt = new RegExp(grammar.patterns[0]!.match);

  it('are those of a shell behind each prompt that is known, and of nothing else', () => {
    for (const one of ['$ ', '/ # ', '/proc # ', 'me@box:~$ ', 'root@box # ', '# ']) {
      assert.equal(prompt.exec(`${one}ls -l # all`)?.[2], 'ls -l # all', one);
      assert.ok(hasPrompts(`bin\n${one}ls`), one);
    }
    for (const one of ['bin  etc', '#no prompt', '  PID   USER', '-rw-r--r-- 1 root']) {
      assert.equal(prompt.exec(one), null, one);
      assert.ok(!hasPrompts(one), one);
    }
  });
});

describe('mayFail', () => {
  it('is said by the second word of the fence, and by nothing else', () => {
    for (const fence of ['```sh fails\n', '~~~bash  fails \n', '  ```console fails\r\n'])
      assert.ok(mayFail(fence), fence);
    for (const fence of [
      '```sh\n',
      '```fails\n',
      '```sh no fails\n',
      '```sh failsafe\n',
      '',
      undefined,
    ])
      assert.ok(!mayFail(fence), fence);
  });

  it('takes no time that grows with the square of the fence', () => {
    const start = performance.now();
    assert.ok(!mayFail(`${'~'.repeat(100_000)}sh\n`));
    assert.ok(performance.now() - start < 1000);
  });
});
