/**
 * The filters of src/core/seccomp beside those of libseccomp, with which runc and crun filter; and loaded,
 * so that it is the kernel that judges.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { safeSeccomp } from '../../src/core/config/safeSeccomp';
import { type Architecture, architecturesOf } from '../../src/core/seccomp/architectures';
import { compileSeccomp } from '../../src/core/seccomp/compileSeccomp';
import type { SeccompProfile } from '../../src/core/seccomp/profile';
import { syscallNumbers } from '../../src/core/seccomp/syscallNumbers';
import { seeded } from '../seed';
import { skipBecause } from '../skip';
import { readProgram, run, type SeccompData } from '../unit/core/seccomp/bpf';
import { dockerLike } from '../unit/core/seccomp/dockerLike';
import { evaluate, isNewer } from '../unit/core/seccomp/evaluate';
import { generator, profileOf, telling } from '../unit/core/seccomp/randomProfiles';
import { compile } from './compile';
import { comparable, programsOf, unlikeNumbers } from './libseccomp';

const machines = ['x64', 'arm64'] as const;

describe('the filters of linux.seccomp', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-seccomp-'));
  after(() => rmSync(folder, { recursive: true }));

  describe('beside those of libseccomp', () => {
    const exporter = path.join(folder, 'export');
    before(function () {
      if (!existsSync('/usr/include/seccomp.h')) skipBecause(this, 'no libseccomp-dev here');
      compile(this, 'seccompExport.c', exporter, '-lseccomp');
    });

    for (const machine of machines) {
      const architectures = architecturesOf(machine);

      it(`have on ${machine} the same numbers of system calls`, () => {
        for (const architecture of architectures) {
          const numbers = syscallNumbers(architecture.table);
          const unlike = Object.entries(unlikeNumbers(exporter, architecture)).filter(
            // Newer than libseccomp; on i386 a call of socketcall(2) or ipc(2); Arm's second name.
            ([name, theirs]) =>
              !(theirs === -1 && numbers.get(name)! > 440) &&
              !(theirs === -1 && name === 'uretprobe') &&
              !(architecture.table === 'x86' && theirs <= -101 && theirs >= -224) &&
              !(architecture.table === 'arm' && /^(arm_)?sync_file_range2?$/.test(name)),
          );
          assert.deepEqual(unlike, []);
        }
      });

      it(`return on ${machine} the same for the profile of Safe, and for one like Docker’s`, () => {
        const unlike = architectures.flatMap((one) =>
          Object.entries(unlikeNumbers(exporter, one)).flatMap(([name, theirs]) =>
            theirs === -1 ? [name] : [],
          ),
        );
        const profiles = [safeSeccomp, dockerLike((name) => !unlike.includes(name))];
        const theirs = programsOf(exporter, profiles, machine).map(readProgram);
        profiles.forEach((profile: SeccompProfile, at) => {
          const own = readProgram(compileSeccomp(profile, machine).hex);
          for (const call of callsFor(profile, architectures, at))
            assert.equal(
              hex(run(own, call)),
              hex(wanted(profile, theirs[at]!, call)),
              described(call),
            );
        });
      });

      it(`return on ${machine} what those of libseccomp return`, () => {
        const unknown = new Set(
          architectures.flatMap((one) =>
            Object.entries(unlikeNumbers(exporter, one)).flatMap(([name, theirs]) =>
              theirs === -1 ? [name] : [],
            ),
          ),
        );
        const names = architectures
          .flatMap(({ table }) => [...syscallNumbers(table).keys()])
          .filter((name) => !unknown.has(name) && !/sync_file_range2/.test(name));
        const { seed, numRuns } = seeded(`filters beside libseccomp’s on ${machine}`, 100);
        const profiles = fc.sample(profileOf(names), { seed, numRuns }).map(comparable);
        const theirs = programsOf(exporter, profiles, machine).map(readProgram);
        assert.equal(theirs.length, profiles.length);
        let probes = 0;
        profiles.forEach((profile, at) => {
          const own = readProgram(compileSeccomp(profile, machine).hex);
          for (const call of callsFor(profile, architectures, seed + at)) {
            const [one, other] = [run(own, call), wanted(profile, theirs[at]!, call)];
            probes++;
            if (one !== other)
              assert.equal(hex(one), hex(other), `${described(profile)} ${described(call)}`);
          }
        });
        console.log(`      ${probes} system calls compared`);
        assert.ok(probes > numRuns * 1000, `${probes}`);
      });
    }
  });

  describe('in the kernel', () => {
    const loader = path.join(folder, 'load');
    before(function () {
      if (!(process.arch in callNumbers)) skipBecause(this, `no numbers for ${process.arch} here`);
      compile(this, 'seccompLoad.c', loader);
    });

    /** What came back of each, as seccompLoad.c says it. */
    function tried(profile: SeccompProfile, calls: readonly Tried[]): string[] {
      const { flags, hex: program } = compileSeccomp(profile, process.arch);
      const input = calls
        .map(({ bits, nr, args }) => `${[bits, ...[nr, ...args].map(hex)].join(' ')}\n`)
        .join('');
      const output = execFileSync(loader, [hex(flags), program], { input, encoding: 'utf8' });
      return output.trim().split('\n');
    }

    for (const bits of [64, 32] as const)
      it(`do with system calls of ${bits} bits what the profile says`, function () {
        const numbers = callNumbers[process.arch as keyof typeof callNumbers][bits];
        const free: SeccompProfile = {
          defaultAction: 'SCMP_ACT_ALLOW',
          architectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_ARM'],
        };
        const zero = [0n, 0n, 0n, 0n, 0n, 0n];
        if (!numbers || !/^value/.test(tried(free, [{ bits, nr: numbers.getpid, args: zero }])[0]!))
          skipBecause(this, `this kernel has no system calls of ${bits} bits for this test`);
        const { seed, numRuns } = seeded(`filters in the kernel, ${bits} bits`, 40);
        const profiles = fc.sample(profileOf(['getpid', 'getppid', 'gettid']), { seed, numRuns });
        for (const [at, { defaultErrnoRet, ...random }] of profiles.entries()) {
          const below = generator(seed + at);
          // The default action would end the program that tries.
          const entries = (random.syscalls ?? []).map((entry) => ({
            ...entry,
            names: [Object.keys(numbers)[below(3)]!],
          }));
          const profile: SeccompProfile = {
            ...random,
            defaultAction: 'SCMP_ACT_ALLOW',
            flags: ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'].slice(
              below(3),
            ) as SeccompProfile['flags'],
            syscalls: entries,
          };
          const values = telling(profile);
          const calls = Array.from({ length: 30 }, () => {
            const name = Object.keys(numbers)[below(3)] as keyof typeof numbers;
            const args = zero.map(() => BigInt.asUintN(bits, values[below(values.length)]!));
            return { name, bits, nr: numbers[name], args };
          });
          tried(profile, calls).forEach((back, index) => {
            const { name, args } = calls[index]!;
            const verdict = evaluate(profile, { names: [name], bits, args });
            const told = `${described(profile)} ${described(calls[index])}: ${verdict}`;
            assert.match(back, comesBack(verdict), `${told} ${defaultErrnoRet}`);
          });
        }
      });

    it('forbid what the profile of Safe is for', () => {
      const { table } = architecturesOf(process.arch)[0];
      const call = (name: string, first = 0n): Tried => ({
        ...{ bits: 64, nr: syscallNumbers(table).get(name)! },
        args: [first, 0n, 0n, 0n, 0n, 0n],
      });
      const calls = [
        ...[call('getppid'), call('unshare'), call('unshare', 0x10000000n)],
        ...[call('clone', 0x10000000n), call('clone3'), call('keyctl'), call('mount')],
      ];
      const back = tried(safeSeccomp, calls);
      assert.match(back[0]!, /^value [1-9]/);
      assert.deepEqual(back.slice(1, 5), ['value 0', 'errno 1', 'errno 1', 'errno 38']);
      assert.deepEqual(back.slice(5), ['errno 1', 'errno 1']);
    });

    it('kill a program that goes over to x32', function () {
      if (process.arch !== 'x64') skipBecause(this, 'x32 is of x86-64 alone');
      const zero = [0n, 0n, 0n, 0n, 0n, 0n];
      const profile: SeccompProfile = { defaultAction: 'SCMP_ACT_ALLOW' };
      assert.deepEqual(tried(profile, [{ bits: 64, nr: 0x40000027, args: zero }]), ['signal 31']);
    });
  });
});

/** What libseccomp's filter returns, behind what runc puts before it. */
function wanted(
  profile: SeccompProfile,
  program: ReturnType<typeof readProgram>,
  call: SeccompData,
): number {
  const architectures = machines.flatMap((machine) => architecturesOf(machine));
  const { table } = architectures.find(({ audit }) => audit === call.arch)!;
  return isNewer(profile, table, call.nr) ? 0x00050026 : run(program, call);
}

interface Tried {
  readonly bits: 32 | 64;
  readonly nr: number;
  readonly args: readonly bigint[];
}

/** System calls that look at no argument and give more than 0 back, but where a filter is in the way. */
const callNumbers = {
  x64: {
    64: { getpid: 39, getppid: 110, gettid: 186 },
    32: { getpid: 20, getppid: 64, gettid: 224 },
  },
  arm64: { 64: { getpid: 172, getppid: 173, gettid: 178 }, 32: undefined },
} as const;

function comesBack(verdict: string): RegExp {
  const [action, errno] = verdict.split(' ');
  switch (action) {
    case 'SCMP_ACT_ERRNO':
      return errno === '0' ? /^value 0$/ : new RegExp(`^errno ${errno}$`);
    case 'SCMP_ACT_TRACE':
      return /^errno 38$/; // ENOSYS, as there is no tracer
    case 'SCMP_ACT_TRAP':
      return /^trap 0$/;
    case 'SCMP_ACT_ALLOW':
    case 'SCMP_ACT_LOG':
      return /^value [1-9]/;
    default:
      return /^signal 31$/; // SIGSYS
  }
}

/** Every number of each architecture, those with conditions more often. */
function* callsFor(
  profile: SeccompProfile,
  architectures: readonly Architecture[],
  seed: number,
): Generator<SeccompData> {
  const below = generator(seed);
  const values = telling(profile);
  for (const { table, audit, bits } of architectures) {
    const numbersOf = (entries: SeccompProfile['syscalls'] = []) =>
      entries.flatMap(({ names }) => names.map((name) => syscallNumbers(table).get(name)));
    const withConditions = new Set(numbersOf(profile.syscalls?.filter(({ args }) => args?.length)));
    if (table === 'x86') for (const multiplexed of [102, 117]) withConditions.add(multiplexed);
    const every = Array.from({ length: 500 }, (_, nr) => nr);
    const others = [0x3fffffff, 0x40000000, 0x40000001, 0xfffffffe, -1];
    for (const nr of new Set([...numbersOf(profile.syscalls), ...every, ...others]))
      for (let times = withConditions.has(nr) ? 40 : 2; nr !== undefined && times > 0; times--) {
        const args = Array.from({ length: 6 }, () =>
          BigInt.asUintN(bits, values[below(values.length)]!),
        );
        if (table === 'x86' && (nr === 102 || nr === 117)) args[0] = BigInt(below(25));
        yield { nr, arch: audit, args };
      }
  }
}

function hex(number: number | bigint): string {
  return number.toString(16);
}

function described(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `0x${hex(part)}` : part,
  );
}
