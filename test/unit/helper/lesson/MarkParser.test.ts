// Marks among output, whatever pieces they come in.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Mark, MarkParser } from '../../../../src/helper/lesson/MarkParser';
import { seeded } from '../../../seed';

const nonce = 'ab12';
const mark = (text: string, end = '\x07') => `\x1b]7741;${nonce};${text}${end}`;
/** Of a shell that cannot write ESC. */
const plain = (text: string, end = '^') => `^]7741;${nonce};${text}${end}`;

/** Text joined, marks as they are. */
function parsed(chunks: readonly Buffer[]): (string | Mark)[] {
  const parser = new MarkParser(nonce);
  const parts: (string | Mark)[] = [];
  const add = (part: Buffer | Mark) => {
    const last = parts.at(-1);
    if (!Buffer.isBuffer(part)) parts.push(part);
    else if (typeof last === 'string') parts.splice(-1, 1, last + part.toString('latin1'));
    else if (part.length > 0) parts.push(part.toString('latin1'));
  };
  for (const chunk of chunks) parser.parse(chunk).forEach(add);
  add(parser.end());
  return parts;
}

describe('MarkParser', () => {
  it('takes marks out, in their order with the text', () => {
    const text = `a${mark('1;C')}out\r\n${mark('1;D;127')}$ ${mark('1;A')}b${mark('12;P')}`;
    assert.deepEqual(parsed([Buffer.from(text)]), [
      'a',
      { shell: 1, kind: 'output' },
      'out\r\n',
      { shell: 1, kind: 'status', status: 127 },
      '$ ',
      { shell: 1, kind: 'prompt' },
      'b',
      { shell: 12, kind: 'more' },
    ]);
  });

  it('takes those of printable characters out too', () => {
    const text = `a^${plain('2;D;1')}# ${plain('2;A')}b${mark('1;A')}^c`;
    assert.deepEqual(parsed([Buffer.from(text)]), [
      'a^',
      { shell: 2, kind: 'status', status: 1 },
      '# ',
      { shell: 2, kind: 'prompt' },
      'b',
      { shell: 1, kind: 'prompt' },
      '^c',
    ]);
  });

  const noMarks = [
    ['one of another lesson', '\x1b]7741;ffff;1;A\x07'],
    ['a kind that does not exist', mark('1;Z')],
    ['one that never ends', mark('1;A', 'x'.repeat(100))],
    ['one that the output cuts off', mark('1;D', '')],
    ['a beginning of one', '\x1b]7741;ab'],
    ['one that ends as the other kind', `${plain('1;A', '\x07')}${mark('1;A', 'x'.repeat(100))}`],
    ['a beginning of the other kind', '^]7741;ab'],
    ['other sequences', '\x1b[31m\x1b]0;title\x07\x1b'],
  ] as const;
  for (const [name, text] of noMarks)
    it(`passes ${name} on`, () => assert.deepEqual(parsed([Buffer.from(text)]), [text]));

  it('finds the same whatever pieces the output comes in', () => {
    const piece = fc.constantFrom(
      ...['text', '\x1b', '\x1b]', ']7741;', mark('1;C'), mark('2;D;0'), mark('3;A'), mark('1;Z')],
      ...['^', plain('4;A'), plain('5;D;2'), plain('', ''), '^]77'],
      ...['\x07', ';', mark('', ''), '\x1b]7741;', 'ab12;', '\r\n', '\xff'],
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (all, cuts) => {
          const bytes = Buffer.from(all.join(''), 'latin1');
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length;) {
            const length = cuts.next().value as number;
            chunks.push(bytes.subarray(at, at + length));
            at += length;
          }
          assert.deepEqual(parsed(chunks), parsed([bytes]));
        },
      ),
      seeded('marks in pieces', 1000),
    );
  });
});
