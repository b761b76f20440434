import assert from 'node:assert/strict';
import { unfinishedTail } from '../../../../src/helper/console/unfinishedTail';

describe('unfinishedTail', () => {
  const tail = (text: string | Buffer) =>
    unfinishedTail(Buffer.from(text as string)).toString('latin1');

  it('is empty after complete text, sequences and characters', () => {
    for (const text of [
      '',
      'plain',
      '\x1b[31mred',
      '\x1b]0;title\x07',
      '\x1b]0;t\x1b\\',
      '\x1b7',
      'ä€😀',
    ]) {
      assert.equal(tail(text), '', JSON.stringify(text));
    }
  });

  it('is the sequence that has no end yet', () => {
    for (const part of [
      '\x1b',
      '\x1b[',
      '\x1b[31',
      '\x1b[?25',
      '\x1b]0;tit',
      '\x1bPq',
      '\x1b]0;t\x1b',
      '\x1b(',
    ]) {
      assert.equal(tail(`text${part}`), part, JSON.stringify(part));
    }
  });

  it('is the character whose last bytes are missing', () => {
    const bytes = Buffer.from('a😀');
    for (const length of [2, 3, 4]) {
      assert.equal(unfinishedTail(bytes.subarray(0, length)).length, length - 1);
    }
  });
});
