// Markdown at random, made of what blocks are made of, for the property tests of lessons.
import fc from 'fast-check';

const line = fc.constantFrom(
  ...[
    '```',
    '```sh',
    '```bash title="x"',
    '```console',
    '````sh',
    '~~~',
    '~~~sh',
    '~~~~ bash',
    '``` sh',
  ],
  ...[
    '  ```sh',
    '   ```',
    '    ```sh',
    '\t```sh',
    '- ```sh',
    '> ```sh',
    '1. step',
    '- item',
    '- - x',
  ],
  ...[
    '    ```',
    '     deep',
    '> quote',
    '---',
    '...',
    '***',
    '# title',
    'text',
    'text  ',
    '  more',
    '',
  ],
  ...[
    '',
    '',
    ' ',
    '\t',
    '<!--',
    '-->',
    '<div>',
    '<pre>',
    '</pre>',
    '$ ls',
    '/ # ps',
    '# id',
    '> next',
  ],
  ...['echo a', 'cd -', 'ü 😀', '\ufeff', 'a\\', '10. ten', '    - x', '`code` ```', '~~~ ~'],
);
const ending = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');

/** Lines with one kind of ending, or a mixture, as bytes; the last one with or without. */
export const markdown: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff', '---\ntitle: x\n---\n'),
    fc.array(fc.tuple(line, ending), { maxLength: 40 }),
    fc.option(fc.constantFrom<'\n' | '\r\n'>('\n', '\r\n'), { nil: undefined }),
    line,
  )
  .map(([head, lines, one, last]) =>
    Buffer.from(head + lines.map(([text, end]) => text + (one ?? end)).join('') + last),
  );
