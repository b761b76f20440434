import assert from 'node:assert/strict';
import { validateName } from '../../../../src/core/bundle/validateName';

describe('validateName', () => {
  for (const name of ['a', 'mycontainer1', 'My-Box_2.0', 'x'.repeat(63), '7zip'])
    it(`takes ${name}`, () => assert.equal(validateName(name), undefined));

  const bad: readonly (readonly [what: string, name: string, message: RegExp])[] = [
    ['an empty name', '', /Give/],
    ['64 characters', 'x'.repeat(64), /63/],
    ['a slash', 'a/b', /"\/"/],
    ['the parent folder', '..', /starts with/],
    ['a hidden folder', '.git', /starts with/],
    ['a leading dash', '-rf', /starts with/],
    ['a leading underscore', '_a', /starts with/],
    ['a space', 'my box', /spaces/],
    ['ESC', 'a\x1b[2J', /\\x1b/],
    ['a newline', 'a\n', /\\n/],
    ['NUL', 'a\0', /\\x00/],
    ['a bidirectional mark', 'a\u202eb', /\\u202e/],
    ['a letter that no host name has', 'größe', /"ö"/],
    ['an emoji', 'a🐧', /🐧/u],
  ];
  for (const [what, name, message] of bad)
    it(`refuses ${what}`, () => {
      const found = validateName(name) ?? '';
      assert.match(found, message);
      assert.doesNotMatch(found, /[\p{Cc}\p{Cf}]/u);
    });
});
