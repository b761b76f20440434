// Guards of messages: what each of them takes.
import assert from 'node:assert/strict';
import {
  isCount,
  isEither,
  isListOf,
  isNullOr,
  isNumber,
  isObject,
  isOneOf,
  isOptional,
  isText,
  isTextUpTo,
  parserOf,
} from '../../../src/core/guards';

describe('a guard', () => {
  it('takes numbers that are some', () => {
    assert.ok(isNumber(-1.5) && isCount(0) && isCount(7));
    for (const other of [NaN, Infinity, '1', null]) assert.ok(!isNumber(other) && !isCount(other));
    assert.ok(!isCount(-1) && !isCount(1.5));
  });

  it('takes an object by its fields, which may be absent where that is said', () => {
    const isNamed = isObject<{ name: string; size?: number; end: number | null }>({
      ...{ name: isText, size: isOptional(isNumber), end: isNullOr(isNumber) },
    });
    assert.ok(isNamed({ name: 'a', end: null, other: 1 }));
    assert.ok(isNamed({ name: 'a', end: 1, size: 2 }));
    for (const other of [null, undefined, 'a', {}, { name: 'a' }, { name: 1, end: null }])
      assert.ok(!isNamed(other), JSON.stringify(other));
  });

  it('takes words, lists and lengths up to what was said', () => {
    assert.ok(isOneOf('a', 'b')('b') && !isOneOf('a')('toString') && !isOneOf('a')(undefined));
    assert.ok(isListOf(isText, 2)(['a', 'b']) && !isListOf(isText, 2)(['a', 'b', 'c']));
    assert.ok(!isListOf(isText)({ length: 0 }) && !isListOf(isText)(['a', 1]));
    assert.ok(isTextUpTo(1)('a') && !isTextUpTo(1)('ab'));
  });

  it('becomes a parser, which answers undefined for all else', () => {
    const parse = parserOf(isEither<string | number>(isText, isCount));
    assert.deepEqual([parse('a'), parse(0), parse(-1), parse({})], ['a', 0, undefined, undefined]);
  });
});
