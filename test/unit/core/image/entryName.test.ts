/** Names of entries as paths: usual ones take a short way, and mean the same. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pathOfEntry } from '../../../../src/core/image/entryName';
import { seeded } from '../../../seed';

/** undefined where it is refused */
function pathOf(name: string): string | undefined {
  try {
    return pathOfEntry(Buffer.from(name, 'latin1'));
  } catch {
    return undefined;
  }
}

/** By the definition alone. */
function wanted(name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const isBad =
    name === '' ||
    name.includes('\0') ||
    name.length > 4095 ||
    parts.some((part) => part === '..' || part.length > 255);
  return isBad ? undefined : parts.join('/');
}

describe('the name of an entry', () => {
  it('is a path without “.”, empty parts and slashes at its ends, or refused', () => {
    const part = fc.constantFrom('.', '..', '', 'a', '.a', 'a.', '...', '\0', '\n', '\xff', ' ');
    const long = fc.integer({ min: 250, max: 260 }).map((length) => 'l'.repeat(length));
    const many = fc.integer({ min: 2040, max: 2050 }).map((length) => 'd/'.repeat(length) + 'e');
    const name = fc.oneof(
      fc.array(fc.oneof({ weight: 9, arbitrary: part }, long)).map((parts) => parts.join('/')),
      many,
    );
    fc.assert(
      fc.property(name, (text) => assert.equal(pathOf(text), wanted(text))),
      seeded('names of entries', 2000),
    );
  });
});
