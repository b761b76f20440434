/**
 * Turns what zod says about a `config.json` into a sentence that names the key, for `parseConfig`.
 * The file's own text is quoted only through `escapeControlCharacters`.
 */
import type * as z from 'zod';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/**
 * @param path of the value, without symbols
 * @param value what the file has there; undefined where it has nothing
 */
export function describeIssue(
  issue: z.core.$ZodIssue,
  path: readonly (string | number)[],
  value: unknown,
): { problem: 'invalid' | 'hooks'; message: string } {
  const hooks = issue.code === 'custom' && issue.params?.['hooks'] === true;
  // An array that must have a first entry is the thing to name, not the entry.
  const empty = value === undefined && path.at(-1) === 0;
  if (empty) return { problem: 'invalid', message: `${keyName(path.slice(0, -1))} is empty.` };
  const name = keyName(path);
  return { problem: hooks ? 'hooks' : 'invalid', message: `${name} ${reason(issue, value)}.` };
}

function reason(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' || issue.expected === 'number'
        ? `must be a whole number, not ${shown(value)}`
        : `must be ${article(issue.expected)}, not ${shown(value)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}, not ${shown(value)}`;
    case 'too_small':
      if (value === '' || (Array.isArray(value) && value.length === 0)) return 'is empty';
      return `must be at least ${String(issue.minimum)}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${unit(issue.origin)}`;
    case 'invalid_key':
      return `has a bad name: it ${issue.issues[0]?.message ?? 'is not allowed'}`;
    case 'invalid_format':
      // The pattern's own message where the schema has one ("must be …"): zod's default quotes it.
      return `${issue.message}, not ${shown(value)}`;
    default:
      return issue.message;
  }
}

/** `linux.namespaces[0].type`; a key that is no plain word in quotes. */
export function keyName(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'The configuration';
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^\w+$/.test(part)) return `["${escapeControlCharacters(part).slice(0, 80)}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = escapeControlCharacters(JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function article(expected: string): string {
  if (expected === 'tuple' || expected === 'array') return 'an array';
  if (expected === 'record' || expected === 'object') return 'an object';
  if (expected === 'boolean') return 'true or false';
  return `a ${expected}`;
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}
