import assert from 'node:assert/strict';
import fc from 'fast-check';
import { visible } from '../../../../src/core/text/visible';

describe('visible', () => {
  it('leaves ordinary text of any script alone', () => {
    for (const text of ['sh', 'größe', '容器', 'a b\\c', 'مرحبا', '🐧'])
      assert.equal(visible(text), text);
  });

  it('shows ESC, newline and other control characters as escapes', () => {
    assert.equal(visible('a\x1b[31m\nb\r\t\0\x7f\x9b'), 'a\\x1b[31m\\nb\\r\\t\\x00\\x7f\\x9b');
  });

  it('shows bidirectional and zero-width marks', () => {
    assert.equal(
      visible('\u202etxt\u2066\u200b\u200d\ufeff\u2028'),
      '\\u202etxt\\u2066\\u200b\\u200d\\ufeff\\u2028',
    );
  });

  it('shows what is drawn as nothing: tags, fillers, variation selectors, lone surrogates', () => {
    assert.equal(
      visible('\u{e0041}\u3164\ufe0f\ud800\u2800'),
      '\\u{e0041}\\u3164\\ufe0f\\ud800\\u2800',
    );
  });

  it('never lets a control or format character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(visible(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
