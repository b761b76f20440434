// What of a Markdown file becomes a cell.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLesson } from '../../../../src/core/lesson/parseLesson';
import { projectRoot } from '../../../host/project.mjs';

const cellsOf = (text: string) =>
  parseLesson(Buffer.from(text)).cells.map(({ kind, text }) => `${kind}: ${text}`);

describe('parseLesson', () => {
  const cases: [name: string, markdown: string, cells: string[]][] = [
    ['an empty file', '', []],
    ['blank lines alone', '\n \n\t\n', []],
    ['prose alone', '# A\n\ntext\n', ['prose: # A\n\ntext']],
    ['a block alone', '```sh\nls\n```', ['script: ls']],
    ['a block without a line', '```sh\n```\n', ['script: ']],
    [
      'a block between prose',
      'a\n\n```bash\nls\nid\n```\n\nb\n',
      ['prose: a', 'script: ls\nid', 'prose: b'],
    ],
    ['blocks side by side', '```sh\na\n```\n```sh\nb\n```\n', ['script: a', 'script: b']],
    [
      'a block right below a paragraph',
      'a\n```sh\nls\n```\nb',
      ['prose: a', 'script: ls', 'prose: b'],
    ],
    [
      'info strings',
      '```Bash {name=x}\na\n```\n~~~shell\nb\n~~~\n``` {.sh}\nc\n```\n',
      ['script: a', 'script: b', 'script: c'],
    ],
    [
      'blocks of other languages',
      '```python\nls\n```\n\n```\nplain\n```\n',
      ['prose: ```python\nls\n```\n\n```\nplain\n```'],
    ],
    ['a session', '```console\n$ ls\nbin\n```\n', ['session: $ ls\nbin']],
    ['a session that does not say so', '```\n/ # ls\n/ # ps\n```\n', ['session: / # ls\n/ # ps']],
    ['tildes in backticks', '```sh\n~~~\n```\n', ['script: ~~~']],
    [
      'a longer fence around a shorter one',
      '````sh\n```\nls\n```\n````\n',
      ['script: ```\nls\n```'],
    ],
    [
      'a shell block that another block quotes',
      '````md\n```sh\nls\n```\n````\n',
      ['prose: ````md\n```sh\nls\n```\n````'],
    ],
    ['a closing fence with something behind it', '```sh\na\n``` x\n```\n', ['script: a\n``` x']],
    [
      'a closing fence that is indented too far',
      '```sh\na\n    ```\n```\n',
      ['script: a\n    ```'],
    ],
    ['a backtick in the info string', '```sh `x`\nls\n', ['prose: ```sh `x`\nls']],
    ['a fence without an end', 'a\n\n```sh\nls\n', ['prose: a\n\n```sh\nls']],
    ['an indented fence', '   ```sh\n   ls\n     -l\n   ```\n', ['script: ls\n  -l']],
    ['indented code', '    ```sh\n    ls\n    ```\n', ['prose:     ```sh\n    ls\n    ```']],
    ['a block in a list', '10. x\n\n    ```sh\n    ls\n    ```\n', ['prose: 10. x', 'script: ls']],
    [
      'a block in a list in a list',
      '- a\n  - b\n\n    ```sh\n    ls\n    ```\n',
      ['prose: - a\n  - b', 'script: ls'],
    ],
    [
      'a block in a list that is less indented',
      '   ```sh\n ls\n   ```\n',
      ['prose:    ```sh\n ls\n   ```'],
    ],
    ['a block behind a list marker', '- ```sh\n  ls\n  ```\n', ['prose: - ```sh\n  ls\n  ```']],
    [
      'a block that ends with its list item',
      '- ```sh\n  ls\nx\n```sh\nid\n```\n',
      ['prose: - ```sh\n  ls\nx', 'script: id'],
    ],
    [
      'a block that tabs indent',
      '- x\n\n\t```sh\n\tls\n\t```\n',
      ['prose: - x\n\n\t```sh\n\tls\n\t```'],
    ],
    ['a block in a quote', '> ```sh\n> ls\n> ```\n', ['prose: > ```sh\n> ls\n> ```']],
    [
      'a thematic break, which is no list',
      '* * *\n\n      ```sh\n',
      ['prose: * * *\n\n      ```sh'],
    ],
    [
      'a comment',
      '<!--\n\n```sh\nls\n```\n\n-->\n```sh\nid\n```\n',
      ['prose: <!--\n\n```sh\nls\n```\n\n-->', 'script: id'],
    ],
    [
      'HTML up to a blank line',
      '<details>\n```sh\n\n```sh\nls\n```\n',
      ['prose: <details>\n```sh', 'script: ls'],
    ],
    ['a comment on one line', '<!-- x -->\n```sh\nls\n```\n', ['prose: <!-- x -->', 'script: ls']],
    ['front matter', '---\ntitle: a\n---\n\n```sh\nls\n```\n', ['script: ls']],
    ['front matter alone', '---\ntitle: a\n---\n', []],
    ['a thematic break at the top', '---\n\ntext\n', ['prose: ---\n\ntext']],
    ['a byte order mark', '\ufeff# A\n', ['prose: # A']],
    ['CRLF', 'a\r\n\r\n```sh\r\nls\r\nid\r\n```\r\n', ['prose: a', 'script: ls\nid']],
    ['CR', 'a\r```sh\rls\r```\r', ['prose: a', 'script: ls']],
    ['a line break by two spaces', 'a  \n\n```sh\n```\n', ['prose: a  ', 'script: ']],
  ];
  for (const [name, markdown, cells] of cases)
    it(`reads ${name}`, () => assert.deepEqual(cellsOf(markdown), cells));

  it('makes cells of notes that somebody wrote by hand', () => {
    const notes = readFileSync(join(projectRoot(), 'test/unit/core/lesson/byHand.md'));
    const blocks = parseLesson(notes).cells.filter(({ kind }) => kind !== 'prose');
    assert.deepEqual(
      blocks.map(({ kind, text }) => `${kind}: ${text.split('\n')[0]}`),
      [
        'script: mkdir -p box/{bin,proc}',
        'script: sudo unshare --pid --uts --ipc --mount --fork --mount-proc bash',
        'script: mount -t proc none box/proc',
        'script: chroot box /bin/sh',
        'session: / # ls',
      ],
    );
  });
});
