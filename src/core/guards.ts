/**
 * Type guards, put together from smaller ones: for what crosses between a panel and its page, and for what VS Code
 * kept of a page. Without a library, because the pages and the start of the extension load them.
 */

export type Guard<T> = (value: unknown) => value is T;

export const isText: Guard<string> = (value) => typeof value === 'string';
export const isBoolean: Guard<boolean> = (value) => typeof value === 'boolean';
export const isNumber: Guard<number> = (value): value is number => Number.isFinite(value);
/** A whole number from 0. */
export const isCount: Guard<number> = (value): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

export function isMatch(pattern: RegExp): Guard<string> {
  return (value): value is string => isText(value) && pattern.test(value);
}

/** A text of at most so many UTF-16 units. */
export function isTextUpTo(length: number): Guard<string> {
  return (value): value is string => isText(value) && value.length <= length;
}

export function isOneOf<const T extends string>(...words: readonly T[]): Guard<T> {
  return (value): value is T => words.includes(value as T);
}

export function isListOf<T>(item: Guard<T>, length = Infinity): Guard<readonly T[]> {
  return (value): value is readonly T[] =>
    Array.isArray(value) && value.length <= length && value.every((one) => item(one));
}

export function isOptional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value) => value === undefined || guard(value);
}

export function isNullOr<T>(guard: Guard<T>): Guard<T | null> {
  return (value) => value === null || guard(value);
}

/** An object with these fields; it may have more. */
export function isObject<T extends object>(fields: {
  readonly [K in keyof T]-?: Guard<T[K]>;
}): Guard<T> {
  const guards = Object.entries<Guard<unknown>>(fields);
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    guards.every(([name, guard]) => guard((value as Readonly<Record<string, unknown>>)[name]));
}

export function isEither<T>(...guards: readonly Guard<T>[]): Guard<T> {
  return (value): value is T => guards.some((guard) => guard(value));
}

/** @returns a parser, which answers undefined where the value is another */
export function parserOf<T>(guard: Guard<T>): (value: unknown) => T | undefined {
  return (value) => (guard(value) ? value : undefined);
}
