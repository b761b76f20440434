/** Names in pickers: no icon of theirs, and every picker goes by `plain`. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { withoutIcons } from '../../../../src/ui/model/withoutIcons';

describe('plain', () => {
  it('leaves no icon in a name', () => {
    assert.equal(withoutIcons('$(trash) box'), '$\u200b(trash) box');
    assert.equal(withoutIcons('\\$(trash)'), '\\$\u200b(trash)');
    assert.equal(withoutIcons('cost: $5 (net)'), 'cost: $5 (net)');
  });

  it('escapes what cannot be seen before it looks for one', () => {
    assert.equal(withoutIcons('$\u200b(x)'), '$\\u200b(x)');
  });

  it('stands in every picker, which draws icons in all three of its texts', () => {
    const folder = path.resolve('src/ui');
    const pickers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')] as const)
      .filter(([, text]) => /showQuickPick|createQuickPick/.test(text));
    assert.ok(pickers.length > 5);
    for (const [file, text] of pickers)
      assert.doesNotMatch(text, /\b(?:label|description|detail): [^\n]*\bvisible\(/, file);
  });
});
