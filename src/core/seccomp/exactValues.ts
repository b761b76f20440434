/**
 * The numbers of `args` as they stand in `config.json`. JSON.parse makes doubles of them, which are exact up
 * to 2^53, and so `parseConfig` gives 18446744073709551615 as 2^64.
 */
import type { ArgumentCondition, SeccompProfile } from './profile';

/**
 * @param profile what `parseConfig` made of `linux.seccomp`
 * @param text the file that it parsed
 * @returns the same profile, with a bigint in the place of each number above 2^53
 */
export async function withExactValues(
  profile: SeccompProfile,
  text: string,
): Promise<SeccompProfile> {
  if (!profile.syscalls?.some(({ args }) => args?.some(isRounded))) return profile;
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser/lib/esm/main.js');
  const tree = parseTree(text);
  const list = tree && findNodeAtLocation(tree, ['linux', 'seccomp', 'syscalls']);
  const exact = (value: number | bigint, path: (string | number)[]) => {
    if (isSafe(value)) return value;
    const node = list && findNodeAtLocation(list, path);
    const digits = node && text.slice(node.offset, node.offset + node.length);
    // 1e19 has no further digits that could have been lost: it is left to be refused.
    return !digits || !/^\d+$/.test(digits) ? value : BigInt(digits);
  };
  const syscalls = profile.syscalls.map((entry, at) => ({
    ...entry,
    args: entry.args?.map((argument, number) => {
      const { value, valueTwo, ...rest } = argument;
      const path = [at, 'args', number];
      return {
        ...rest,
        value: exact(value, [...path, 'value']),
        ...(valueTwo === undefined ? {} : { valueTwo: exact(valueTwo, [...path, 'valueTwo']) }),
      };
    }),
  }));
  return { ...profile, syscalls };
}

function isRounded({ value, valueTwo = 0 }: ArgumentCondition): boolean {
  return !isSafe(value) || !isSafe(valueTwo);
}

function isSafe(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
