import assert from 'node:assert/strict';
import { wrapWords } from '../../../../src/core/text/wrapWords';

describe('wrapWords', () => {
  it('breaks between words, and only where it must', () => {
    assert.equal(wrapWords('one two three', 80), 'one two three');
    assert.equal(wrapWords('one two three', 7), 'one two\r\nthree');
    assert.equal(wrapWords('one two three', 8, '! '), '! one\r\ntwo\r\nthree');
  });

  it('leaves a word whole that is longer than a line, and every space where it was', () => {
    assert.equal(wrapWords('a /very/long/path b', 6), 'a\r\n/very/long/path\r\nb');
    assert.equal(wrapWords('a  b', 80), 'a  b');
  });
});
