import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeControlCharacters } from '../../../../src/core/text/escapeControlCharacters';

describe('visible', () => {
  it('leaves ordinary text of any script alone', () => {
    for (const text of ['sh', 'größe', '容器', 'a b\\c', 'مرحبا', '🐧'])
      assert.equal(escapeControlCharacters(text), text);
  });

  it('shows ESC, newline and other control characters as escapes', () => {
    assert.equal(
      escapeControlCharacters('a\x1b[31m\nb\r\t\0\x7f\x9b'),
      'a\\x1b[31m\\nb\\r\\t\\x00\\x7f\\x9b',
    );
  });

  it('shows bidirectional and zero-width marks', () => {
    assert.equal(
      escapeControlCharacters('\u202etxt\u2066\u200b\u200d\ufeff\u2028'),
      '\\u202etxt\\u2066\\u200b\\u200d\\ufeff\\u2028',
    );
  });

  it('shows what is drawn as nothing: tags, fillers, variation selectors, lone surrogates', () => {
    assert.equal(
      escapeControlCharacters('\u{e0041}\u3164\ufe0f\ud800\u2800'),
      '\\u{e0041}\\u3164\\ufe0f\\ud800\\u2800',
    );
  });

  it('never lets a control or format character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(escapeControlCharacters(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
