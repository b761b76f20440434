/** Names in pickers, terminals and tasks: no icon of theirs, and all of them go by `withoutIcons`. */
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

  it('stands where terminals and tasks are named, whose names VS Code draws with icons', () => {
    for (const file of ['src/ui/terminal/Terminals.ts', 'src/ui/tasks/registerTasks.ts']) {
      const text = readFileSync(file, 'utf8');
      assert.match(text, /\bwithoutIcons\(name\)/, file);
      assert.doesNotMatch(text, /\bvisible\(/, file);
    }
  });
});
