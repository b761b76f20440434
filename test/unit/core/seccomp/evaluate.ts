/** What the text of the specification, read as runc and crun do, says of one system call: slow and plain. */
import type { ArgumentCondition, SeccompProfile } from '../../../../src/core/seccomp/profile';
import { type TableName, syscallNumbers } from '../../../../src/core/seccomp/syscallNumbers';

export interface Call {
  /** All that the number is called. */
  readonly names: readonly string[];
  readonly bits: 32 | 64;
  readonly args: readonly bigint[];
  /** Of i386, where it stands for another one. */
  readonly multiplexed?: string | undefined;
}

/** What i386 calls them by too. */
function carriers(name: string): string[] {
  if (/^(sem|msg|shm)/.test(name)) return ['ipc'];
  return /^(socket|bind|connect|listen|accept|get(sock|peer)name|send|recv|shutdown|[sg]etsockopt)/.test(
    name,
  )
    ? ['socketcall']
    : [];
}

/** Whether runc takes the call for one that the profile does not know yet: it fails with ENOSYS then. */
export function isNewer(
  { defaultAction, syscalls = [] }: SeccompProfile,
  table: TableName,
  nr: number,
): boolean {
  if (/ALLOW|LOG|TRACE/.test(defaultAction)) return false;
  if (nr === -1 || (table === 'x86_64' && nr >= 0x40000000)) return false; // skipped by a tracer; x32
  const known = syscalls.flatMap(({ names }) =>
    names
      .flatMap((name) => [name, ...(table === 'x86' ? carriers(name) : [])])
      .map((name) => syscallNumbers(table).get(name))
      .filter((one) => one !== undefined),
  );
  return known.length > 0 && known.every((one) => one < nr);
}

/** The action, with its errno. */
export function evaluate(profile: SeccompProfile, call: Call): string {
  const byDefault = `${plain(profile.defaultAction)} ${errnoOf(profile.defaultAction, profile.defaultErrnoRet)}`;
  let first: string | undefined;
  for (const { names, action, errnoRet, args = [] } of profile.syscalls ?? []) {
    const result = `${plain(action)} ${errnoOf(action, errnoRet)}`;
    if (result === byDefault) continue;
    for (const name of names) {
      const indexes = args.map(({ index }) => index);
      const groups = new Set(indexes).size < indexes.length ? args.map((one) => [one]) : [args];
      for (const group of groups) {
        const tests = group.filter((one) => !isVoid(one, call.bits));
        if (call.names.includes(name)) {
          if (tests.length === 0) return result;
          if (tests.every((one) => isTrue(one, call))) first ??= result;
        }
        if (name === call.multiplexed)
          if (tests.every((one) => one.index === 0 || isTrue(one, call))) first ??= result;
      }
    }
  }
  return first ?? byDefault;
}

const plain = (action: string) => action.replace(/^SCMP_ACT_KILL$/, 'SCMP_ACT_KILL_THREAD');
const errnoOf = (action: string, errno?: number) =>
  /ERRNO|TRACE/.test(action) ? (errno ?? 1) : '';

/** Masked with 0: it says nothing. */
const isVoid = ({ op, value }: ArgumentCondition, bits: 32 | 64) =>
  op === 'SCMP_CMP_MASKED_EQ' && BigInt.asUintN(bits, BigInt(value)) === 0n;

function isTrue(
  { index, op, value, valueTwo = 0 }: ArgumentCondition,
  { bits, args }: Call,
): boolean {
  const [argument, one, two] = [args[index]!, BigInt(value), BigInt(valueTwo)].map((number) =>
    BigInt.asUintN(bits, number),
  ) as [bigint, bigint, bigint];
  switch (op) {
    case 'SCMP_CMP_EQ':
      return argument === one;
    case 'SCMP_CMP_NE':
      return argument !== one;
    case 'SCMP_CMP_LT':
      return argument < one;
    case 'SCMP_CMP_LE':
      return argument <= one;
    case 'SCMP_CMP_GT':
      return argument > one;
    case 'SCMP_CMP_GE':
      return argument >= one;
    case 'SCMP_CMP_MASKED_EQ':
      return (argument & one) === (two & one);
  }
}

/** How a verdict of a filter is written here. */
export function verdictText(returned: number): string {
  const data = returned & 0xffff;
  switch (Math.floor(returned / 0x10000)) {
    case 0x8000:
      return 'SCMP_ACT_KILL_PROCESS ';
    case 0x0000:
      return 'SCMP_ACT_KILL_THREAD ';
    case 0x0003:
      return 'SCMP_ACT_TRAP ';
    case 0x0005:
      return `SCMP_ACT_ERRNO ${data}`;
    case 0x7ff0:
      return `SCMP_ACT_TRACE ${data}`;
    case 0x7ffc:
      return 'SCMP_ACT_LOG ';
    case 0x7fff:
      return 'SCMP_ACT_ALLOW ';
    default:
      return `${returned}`;
  }
}
