/** Profiles and system calls at random, many of them just beside what a condition compares with. */
import fc from 'fast-check';
import type { SeccompOperator } from '../../../../src/core/config/seccompSchema';
import type { SeccompProfile, SyscallEntry } from '../../../../src/core/seccomp/profile';

/** Few, so that entries meet: of all architectures, of one, of none, and those in others on i386. */
const names = [
  ...['read', 'write', 'clone', 'clone3', 'personality', 'ptrace', 'mmap', 'mmap2', 'time'],
  ...['arch_prctl', 'set_tls', 'sync_file_range2', 'arm_sync_file_range', 'no_such_call'],
  ...['socket', 'accept', 'send', 'socketcall', 'semop', 'shmget', 'msgrcv', 'ipc'],
];

const operators: SeccompOperator[] = [
  ...(['SCMP_CMP_NE', 'SCMP_CMP_LT', 'SCMP_CMP_LE', 'SCMP_CMP_EQ'] as const),
  ...(['SCMP_CMP_GE', 'SCMP_CMP_GT', 'SCMP_CMP_MASKED_EQ'] as const),
];

const edges = [
  ...[0n, 1n, 2n, 3n, 8n, 0xffn, 0x7fffffffn, 0x80000000n, 0xfffffffen, 0xffffffffn, 0x100000000n],
  ...[0x100000001n, 0x7fffffffffffffffn, 0xffffffff00000000n, 0xfffffffffffffffen, 2n ** 64n - 1n],
];

const value = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 2n ** 64n - 1n));
const argument = fc.record({
  index: fc.nat(5),
  op: fc.constantFrom(...operators),
  value,
  valueTwo: value,
});

type Action = Pick<SyscallEntry, 'action' | 'errnoRet'>;
const plainAction = (action: SyscallEntry['action']): fc.Arbitrary<Action> =>
  fc.constant({ action });
const errnoAction = (action: SyscallEntry['action']): fc.Arbitrary<Action> =>
  fc.record(
    { action: fc.constant(action), errnoRet: fc.constantFrom(0, 1, 38, 4094) },
    { requiredKeys: ['action'] },
  );
const action = fc.oneof(
  plainAction('SCMP_ACT_ALLOW'),
  plainAction('SCMP_ACT_LOG'),
  plainAction('SCMP_ACT_TRAP'),
  plainAction('SCMP_ACT_KILL'),
  plainAction('SCMP_ACT_KILL_THREAD'),
  plainAction('SCMP_ACT_KILL_PROCESS'),
  errnoAction('SCMP_ACT_ERRNO'),
  errnoAction('SCMP_ACT_TRACE'),
);

/** @param all more names than those above */
export const profileOf = (all: readonly string[]): fc.Arbitrary<SeccompProfile> =>
  fc
    .tuple(
      action,
      fc.array(
        fc.tuple(
          fc.oneof(
            {
              weight: 3,
              arbitrary: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 5 }),
            },
            {
              weight: 1,
              arbitrary: fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 60 }),
            },
          ),
          action,
          fc.oneof(fc.constant(undefined), fc.array(argument, { maxLength: 4 })),
        ),
        { maxLength: 12 },
      ),
    )
    .map(([byDefault, entries]) => ({
      defaultAction: byDefault.action,
      defaultErrnoRet: byDefault.errnoRet,
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
      syscalls: entries.map(([some, what, args]) => ({ names: some, ...what, args })),
    }));

/** Numbers that a condition of the profile tells apart, and others. */
export function telling(profile: SeccompProfile): bigint[] {
  const compared = (profile.syscalls ?? []).flatMap(({ args = [] }) =>
    args.flatMap((one) => {
      const [first, second] = [BigInt(one.value), BigInt(one.valueTwo ?? 0)];
      const all = [first, second, first & second, second | ~first];
      return all.flatMap((number) => [number, number - 1n, number + 1n, number ^ (1n << 32n)]);
    }),
  );
  const found = [...compared, ...edges].map((number) => BigInt.asUintN(64, number));
  return [...new Set(found)];
}

/** Numbers from a seed, the same ones each time (xorshift32). */
export function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
