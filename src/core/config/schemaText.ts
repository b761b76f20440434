/**
 * The strings and numbers that `config.json` is made of, shared by the parts of its schema.
 * NUL ends every string that the kernel takes, so none gets through; names that end up in a line
 * of text somewhere (options, labels) take no control character at all.
 */
import * as z from 'zod';

/* eslint-disable no-control-regex -- control characters are what these are about */

/** An argument: anything that execve(2) can pass on. */
export const Text = z.string().regex(/^[^\0]*$/, 'must not contain a NUL character');

/** A path: any bytes but NUL, shorter than PATH_MAX (4096 with its NUL). */
export const Path = Text.max(4095);

export const AbsolutePath = Path.regex(/^\//, 'must be an absolute path');

/** A word of a few hundred characters at most, without control characters. */
export const ShortText = z
  .string()
  .max(4095)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'must not contain control characters');

/** A uint64: what a double does not hold exactly is more than there is of anything. */
export const uint64 = z
  .number()
  .min(0)
  .max(2 ** 64)
  .refine(Number.isInteger, 'must be a whole number');

/** What the specification has and the built-in engine does not do: `unsupported` says so of each. */
export const unsupportedKey = (what: string) =>
  z.unknown().optional().describe(`For runc and crun: ${what}.`);

export const uint32 = z.number().int().min(0).max(4294967295);
