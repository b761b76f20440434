/** Which sequences a terminal answers as if somebody typed. */
import assert from 'node:assert/strict';
import { isQuestion } from '../../../../../src/helper/console/filter/TerminalChanges';

describe('isQuestion', () => {
  it('knows a colour that is asked for after others are set', () => {
    for (const content of ['11;?', '4;1;?', '4;1;#fff;2;?', '10;#fff;?', '4;?;?', '12;?;#fff'])
      assert.ok(isQuestion('OSC', content), content);
  });

  it('takes a question mark in a title or an address for text', () => {
    for (const content of [
      '0;what?',
      '2;a;?',
      '8;;https://example.org/?',
      '4;1;#fff',
      '104',
      '112',
    ])
      assert.ok(!isQuestion('OSC', content), content);
  });
});
