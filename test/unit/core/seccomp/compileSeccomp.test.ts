/** Filters at random, carried out and compared with what the specification says, word by word. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { architecturesOf } from '../../../../src/core/seccomp/architectures';
import { compileSeccomp } from '../../../../src/core/seccomp/compileSeccomp';
import type { SeccompProfile } from '../../../../src/core/seccomp/profile';
import { isSyscallName, syscallNumbers } from '../../../../src/core/seccomp/syscallNumbers';
import { seeded } from '../../../seed';
import { readProgram, run } from './bpf';
import { dockerLike } from './dockerLike';
import { evaluate, isNewer, verdictText } from './evaluate';
import { generator, profileOf, telling } from './randomProfiles';

type Known = ReturnType<typeof architecturesOf>[0];
const [x64, ia32] = architecturesOf('x64') as readonly Known[];
const [arm64, arm] = architecturesOf('arm64') as readonly Known[];

const socketcalls = [
  ...['', 'socket', 'bind', 'connect', 'listen', 'accept', 'getsockname', 'getpeername'],
  ...['socketpair', 'send', 'recv', 'sendto', 'recvfrom', 'shutdown', 'setsockopt', 'getsockopt'],
  ...['sendmsg', 'recvmsg', 'accept4', 'recvmmsg', 'sendmmsg'],
];
const ipcCalls: Record<number, string> = {
  ...{ 1: 'semop', 2: 'semget', 3: 'semctl', 4: 'semtimedop', 11: 'msgsnd', 12: 'msgrcv' },
  ...{ 13: 'msgget', 14: 'msgctl', 21: 'shmat', 22: 'shmdt', 23: 'shmget', 24: 'shmctl' },
};

/** Every name of a number. */
function namesByNumber({ table }: Known): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const [name, number] of syscallNumbers(table))
    found.set(number, [...(found.get(number) ?? []), name]);
  return found;
}

const all = [x64!, ia32!, arm64!, arm!].flatMap(({ table }) => [...syscallNumbers(table).keys()]);
const only = (change: Partial<SeccompProfile>): SeccompProfile => ({
  defaultAction: 'SCMP_ACT_ALLOW',
  ...change,
});
const messages = (profile: SeccompProfile, machine = 'x64') =>
  compileSeccomp(profile, machine).warnings.map(({ message }) => message);

describe('compileSeccomp', () => {
  for (const [machine, architectures] of [
    ['x64', [x64!, ia32!]],
    ['arm64', [arm64!, arm!]],
  ] as const)
    it(`does on ${machine} what the specification says`, function () {
      this.timeout(60_000);
      let probes = 0;
      const property = fc.property(profileOf(all), fc.nat(), (profile, seed) => {
        const program = readProgram(compileSeccomp(profile, machine).hex);
        const below = generator(seed);
        const values = telling(profile);
        const pick = <T>(list: readonly T[]) => list[below(list.length)]!;
        for (const architecture of architectures) {
          const names = namesByNumber(architecture);
          const { audit, bits, table } = architecture;
          const listed = (profile.syscalls ?? []).flatMap((entry) => entry.names);
          const numbers = [...new Set(listed)].map((name) => syscallNumbers(table).get(name));
          if (table === 'x86') numbers.push(102, 117);
          for (const nr of [...numbers, below(500), below(500), 0x3fffffff, -1])
            for (let times = 0; nr !== undefined && times < 12; times++) {
              const args = Array.from({ length: 6 }, () => BigInt.asUintN(bits, pick(values)));
              if (table === 'x86' && nr === 102) args[0] = BigInt(below(22));
              if (table === 'x86' && nr === 117) args[0] = BigInt(below(25) + (below(3) << 16));
              const first = Number(args[0]);
              const multiplexed =
                table !== 'x86'
                  ? undefined
                  : nr === 102
                    ? socketcalls[first]
                    : nr === 117
                      ? ipcCalls[first & 0xffff]
                      : undefined;
              const call = { names: names.get(nr) ?? [], bits, args, multiplexed };
              const verdict = verdictText(run(program, { nr, arch: audit, args }));
              const expected = isNewer(profile, table, nr)
                ? 'SCMP_ACT_ERRNO 38'
                : evaluate(profile, call);
              assert.equal(verdict, expected, `${table} ${nr} ${args.join()}`);
              probes++;
            }
        }
      });
      const parameters = seeded(`filters on ${machine}`, 400);
      fc.assert(property, parameters);
      assert.ok(probes > parameters.numRuns * 50, `${probes} probes`);
    });

  it('kills what is of another architecture, or of x32', () => {
    const program = readProgram(compileSeccomp(only({}), 'x64').hex);
    const args = [0n, 0n, 0n, 0n, 0n, 0n];
    const verdict = (nr: number, arch: number) => verdictText(run(program, { nr, arch, args }));
    assert.equal(verdict(1, x64!.audit), 'SCMP_ACT_ALLOW ');
    assert.equal(verdict(1, ia32!.audit), 'SCMP_ACT_KILL_THREAD ', 'the profile does not list it');
    assert.equal(verdict(1, arm64!.audit), 'SCMP_ACT_KILL_THREAD ');
    assert.equal(verdict(0x40000000, x64!.audit), 'SCMP_ACT_KILL_THREAD ');
    assert.equal(verdict(0x3fffffff, x64!.audit), 'SCMP_ACT_ALLOW ');
    assert.equal(verdict(0xfffffffe, x64!.audit), 'SCMP_ACT_KILL_THREAD ');
    assert.equal(verdict(-1, x64!.audit), 'SCMP_ACT_ALLOW ', 'a call that a tracer skips');
  });

  it('lets a program try what is newer than the profile, as under runc', () => {
    const syscalls = [{ names: ['write', 'clone3'], action: 'SCMP_ACT_ALLOW' as const }];
    const args = [0n, 0n, 0n, 0n, 0n, 0n];
    const verdicts = (profile: SeccompProfile) => {
      const program = readProgram(compileSeccomp(profile, 'x64').hex);
      return [0, 434, 435, 436, 1000].map((nr) =>
        verdictText(run(program, { nr, arch: x64!.audit, args })).trim(),
      );
    };
    const refused = 'SCMP_ACT_ERRNO 1';
    const enosys = 'SCMP_ACT_ERRNO 38';
    const at = (byDefault: SeccompProfile['defaultAction']) =>
      verdicts({ defaultAction: byDefault, syscalls });
    assert.deepEqual(at('SCMP_ACT_ERRNO'), [refused, refused, 'SCMP_ACT_ALLOW', enosys, enosys]);
    assert.deepEqual(at('SCMP_ACT_KILL_PROCESS').slice(2), ['SCMP_ACT_ALLOW', enosys, enosys]);
    assert.deepEqual(at('SCMP_ACT_LOG').slice(3), ['SCMP_ACT_LOG', 'SCMP_ACT_LOG']);
    assert.deepEqual(verdicts({ defaultAction: 'SCMP_ACT_ERRNO' }).slice(3), [refused, refused]);
  });

  it('goes on to what all of an architecture comes to, wherever that is', () => {
    const profile: SeccompProfile = {
      defaultAction: 'SCMP_ACT_KILL',
      architectures: ['SCMP_ARCH_X86'],
      syscalls: [{ names: ['socketcall'], action: 'SCMP_ACT_ALLOW' }],
    };
    const program = readProgram(compileSeccomp(profile, 'x64').hex);
    const args = [0n, 0n, 0n, 0n, 0n, 0n];
    for (const [{ audit }, expected] of [
      [x64!, 'SCMP_ACT_KILL_THREAD '],
      [ia32!, 'SCMP_ACT_ALLOW '],
    ] as const)
      assert.equal(verdictText(run(program, { nr: 102, arch: audit, args })), expected);
  });

  it('makes of a list of hundreds fewer instructions than it has names', () => {
    const profile = dockerLike(() => true);
    assert.ok(profile.syscalls![0]!.names.length > 350);
    for (const machine of ['x64', 'arm64']) {
      const { program } = compileSeccomp(profile, machine);
      assert.ok(program.length / 8 < 300, `${program.length / 8} instructions`);
    }
  });

  it('jumps further than 255 instructions', () => {
    const syscalls = Array.from({ length: 200 }, (_, at) => ({
      names: [[...syscallNumbers('x86_64').keys()][at]!],
      action: 'SCMP_ACT_ERRNO' as const,
      args: [{ index: 0, op: 'SCMP_CMP_GT' as const, value: at * 2 ** 33 + 5 }],
    }));
    const { hex } = compileSeccomp(only({ syscalls }), 'x64');
    const program = readProgram(hex);
    assert.ok(program.length > 1000, `${program.length} instructions`);
    assert.ok(program.code.includes(0x05), 'a long jump');
    const numbers = [...syscallNumbers('x86_64').values()].slice(0, 200);
    for (const [at, nr] of numbers.entries())
      for (const [more, verdict] of [
        [5n, 'SCMP_ACT_ALLOW '],
        [6n, 'SCMP_ACT_ERRNO 1'],
      ] as const) {
        const args = [BigInt(at) * 2n ** 33n + more, 0n, 0n, 0n, 0n, 0n];
        assert.equal(verdictText(run(program, { nr, arch: x64!.audit, args })), verdict, `${nr}`);
      }
  });

  it('refuses what is longer than the kernel takes', () => {
    const args = Array.from({ length: 50 }, (_, at) => ({
      ...{ index: 0, op: 'SCMP_CMP_EQ' as const, value: at + 2 ** 40 },
    }));
    const entry = (name: string, value: number) => ({
      ...{ names: [name], action: 'SCMP_ACT_ERRNO' as const, errnoRet: value, args },
    });
    const syscalls = [...syscallNumbers('x86_64').keys()].slice(0, 30).map(entry);
    assert.throws(() => compileSeccomp(only({ syscalls }), 'x64'), {
      code: 'seccomp-too-long',
      message: /becomes a filter of \d{4} instructions, and the kernel takes 4096/,
    });
  });

  it('takes time in a straight line, whatever the entries are', () => {
    const args = (value: number) => [{ index: 0, op: 'SCMP_CMP_EQ' as const, value }];
    const milliseconds = (count: number) => {
      const syscalls = Array.from({ length: count }, (_, at) => ({
        ...{ names: ['read', 'write'], action: 'SCMP_ACT_LOG' as const, args: args(at) },
      }));
      const begun = performance.now();
      assert.throws(() => compileSeccomp(only({ syscalls }), 'x64'), { code: 'seccomp-too-long' });
      return performance.now() - begun;
    };
    milliseconds(2500); // what runs for the first time is slower
    const least = (count: number) => Math.min(...[1, 2, 3].map(() => milliseconds(count)));
    const [some, more] = [least(2500), least(10_000)];
    assert.ok(more < 10 * some + 20, `${some} ms and ${more} ms`);
  });

  it('refuses an answer from outside, and names the key', () => {
    const names = ['read'];
    for (const [change, key] of [
      [{ defaultAction: 'SCMP_ACT_NOTIFY' as const }, 'linux.seccomp.defaultAction '],
      [
        { syscalls: [{ names, action: 'SCMP_ACT_NOTIFY' as const }] },
        'linux.seccomp.syscalls[0].action ',
      ],
      [{ listenerPath: '/run/x' }, 'linux.seccomp.listenerPath '],
      [{ listenerMetadata: 'x' }, 'linux.seccomp.listenerMetadata '],
    ] as const)
      assert.throws(
        () => compileSeccomp(only(change), 'x64'),
        (error: Error & { code?: string }) =>
          error.code === 'seccomp-notify' && error.message.startsWith(key),
      );
  });

  it('refuses an errno where the action has none, as the specification says', () => {
    const syscalls = [{ names: ['read'], action: 'SCMP_ACT_KILL' as const, errnoRet: 1 }];
    assert.throws(() => compileSeccomp(only({ syscalls }), 'x64'), { code: 'seccomp-errno' });
    assert.throws(() => compileSeccomp(only({ defaultErrnoRet: 1 }), 'x64'), {
      message: /^linux\.seccomp\.defaultErrnoRet has no meaning for SCMP_ACT_ALLOW/,
    });
  });

  it('refuses a machine whose system calls it does not know', () => {
    assert.throws(() => compileSeccomp(only({}), 'riscv64'), { code: 'seccomp-machine' });
    assert.throws(() => compileSeccomp(only({}), 'toString'), { code: 'seccomp-machine' });
  });

  it('hands over the flags of seccomp(2)', () => {
    const flags = (...names: NonNullable<SeccompProfile['flags']>) =>
      compileSeccomp(only({ flags: names }), 'x64').flags;
    assert.equal(flags(), 0);
    assert.equal(flags('SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_LOG'), 2);
    assert.equal(flags('SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'), 5);
    assert.equal(flags('SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'), 0);
  });

  it('says what it leaves out', () => {
    const names = ['read', 'no_such_call', 'bad\nname'];
    const profile = {
      ...only({
        architectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_X32', 'SCMP_ARCH_S390X'],
        flags: ['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'],
        syscalls: [{ names, action: 'SCMP_ACT_ERRNO' }],
      }),
      more: 1,
    };
    const found = messages(profile);
    assert.deepEqual(
      found.map((one) => one.split(' ')[0]),
      ['more', 'architectures[2]', 'architectures[3]', 'flags[0]', 'syscalls[0].names'].map(
        (key) => `linux.seccomp.${key}`,
      ),
    );
    assert.match(
      found.at(-1)!,
      /no system call of Linux 6\.\d+, left out: no_such_call, bad\\nname\.$/,
    );
    assert.equal(isSyscallName('send'), true);
  });

  it('says which entries have no effect', () => {
    const args = [{ index: 0, op: 'SCMP_CMP_EQ' as const, value: 1 }];
    const syscalls = [
      { names: ['read', 'write'], action: 'SCMP_ACT_ERRNO' as const, args },
      { names: ['read'], action: 'SCMP_ACT_LOG' as const },
      { names: ['read', 'open'], action: 'SCMP_ACT_TRAP' as const },
    ];
    assert.deepEqual(messages(only({ syscalls })), [
      'linux.seccomp.syscalls[0] has no effect on read: another entry without "args" holds in any case.',
      'linux.seccomp.syscalls[2] has no effect on read: another entry without "args" holds in any case.',
    ]);
  });
});
