/** Filters of libseccomp, made as runc and crun make them (seccompExport.c). */
import { execFileSync } from 'node:child_process';
import { type Architecture, architecturesOf } from '../../src/core/seccomp/architectures';
import { defaultReturn, entriesOf } from '../../src/core/seccomp/entries';
import { multiplexedCall } from '../../src/core/seccomp/multiplexed';
import type { SeccompProfile, SyscallEntry } from '../../src/core/seccomp/profile';
import { syscallNumbers } from '../../src/core/seccomp/syscallNumbers';

/** By enum scmp_compare of <seccomp.h>. */
const operators = ['', 'NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'].map(
  (name) => `SCMP_CMP_${name}`,
);

const hex = (number: number | bigint) => number.toString(16);

/** @param exporter seccompExport.c, compiled @returns the programs in hexadecimal digits */
export function programsOf(
  exporter: string,
  profiles: readonly SeccompProfile[],
  machine: string,
): string[] {
  return answers(exporter, profiles.map((profile) => filterLines(profile, machine)).flat());
}

/** The names whose number libseccomp has otherwise, with that; below 0 where it has none. */
export function unlikeNumbers(
  exporter: string,
  { table, audit }: Architecture,
): Record<string, number> {
  const own = [...syscallNumbers(table)];
  const theirs = answers(
    exporter,
    own.map(([name]) => `name ${hex(audit)} ${name}`),
  ).map(Number);
  return Object.fromEntries(
    own.flatMap(([name, number], at) => (number === theirs[at] ? [] : [[name, theirs[at]!]])),
  );
}

/**
 * The same profile in the shapes for which libseccomp 2.5.4 and the specification mean the same, so that each
 * difference is one of ours: one action beside the default one, at most one rule of several comparisons for a system
 * call, and none of the names that it has otherwise (arm's sync_file_range2). The rule for sched_yield, which all
 * architectures have, comes first.
 */
export function comparable(profile: SeccompProfile): SeccompProfile {
  const model = profile.syscalls?.find(({ action }) => action !== profile.defaultAction);
  if (!model) return { ...profile, syscalls: [] };
  const { action, errnoRet } = model;
  const compared = new Map<string, 'alone' | 'beside others'>();
  const syscalls = (profile.syscalls ?? []).flatMap(({ names, args = [] }): SyscallEntry[] => {
    const bySize = args.some(({ op }) => /_(LT|LE|GT|GE)$/.test(op));
    const isRepeated = new Set(args.map(({ index }) => index)).size < args.length;
    if (bySize && isRepeated) return [];
    const left = [...new Set(names)].filter((name) => {
      if (name === 'sync_file_range2') return false;
      const conditions = (isRepeated ? 1 : args.length) + (callOf(name) === name ? 0 : 1);
      if (conditions === 0) return true;
      const before = compared.get(callOf(name));
      const isAlone = bySize || conditions > 1;
      if (before === 'alone' || (isAlone && before)) return false;
      compared.set(callOf(name), isAlone ? 'alone' : 'beside others');
      return true;
    });
    return left.length === 0 ? [] : [{ names: left, action, errnoRet, args }];
  });
  return { ...profile, syscalls: [...syscalls, { names: ['sched_yield'], action, errnoRet }] };
}

/** On i386 these are one system call each. */
function callOf(name: string): string {
  return multiplexedCall(name)?.name ?? name;
}

function answers(exporter: string, lines: readonly string[]): string[] {
  const input = lines.map((line) => `${line}\n`).join('');
  const output = execFileSync(exporter, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return output.trim().split('\n');
}

/** runc and crun leave out an entry with the default action, and add one with two conditions on an argument as several. */
function filterLines(profile: SeccompProfile, machine: string): string[] {
  const [own, ...others] = architecturesOf(machine);
  const listed = others.filter(({ name }) => profile.architectures?.includes(name));
  const rules = (profile.syscalls ?? []).flatMap((entry) => {
    const [kept] = entriesOf({ ...profile, syscalls: [entry] });
    if (!kept) return [];
    const words = (entry.args ?? []).map(({ index, op, value, valueTwo = 0 }) =>
      [index, operators.indexOf(op), value, valueTwo].map(hex).join(':'),
    );
    const isRepeated = new Set(entry.args?.map(({ index }) => index)).size < words.length;
    const groups = isRepeated ? words : [words.join(' ')];
    return entry.names.flatMap((name) =>
      groups.map((group) => `rule ${hex(kept.returns)} ${name} ${group}`.trim()),
    );
  });
  return [
    `filter ${hex(defaultReturn(profile))}`,
    ...[own, ...listed].map(({ audit }) => `arch ${hex(audit)}`),
    ...rules,
    'end',
  ];
}
