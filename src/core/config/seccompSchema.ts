/**
 * `linux.seccomp` of `config.json`, for `linuxSchema.ts`
 * (https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp).
 */
import * as z from 'zod';
import { Path, ShortText, Text, uint64 } from './schemaText';

const Action = z.enum([
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_LOG',
  'SCMP_ACT_NOTIFY',
]);
export type SeccompAction = z.infer<typeof Action>;

const Architecture = z.enum([
  'SCMP_ARCH_X86',
  'SCMP_ARCH_X86_64',
  'SCMP_ARCH_X32',
  'SCMP_ARCH_ARM',
  'SCMP_ARCH_AARCH64',
  'SCMP_ARCH_LOONGARCH64',
  'SCMP_ARCH_M68K',
  'SCMP_ARCH_MIPS',
  'SCMP_ARCH_MIPS64',
  'SCMP_ARCH_MIPS64N32',
  'SCMP_ARCH_MIPSEL',
  'SCMP_ARCH_MIPSEL64',
  'SCMP_ARCH_MIPSEL64N32',
  'SCMP_ARCH_PPC',
  'SCMP_ARCH_PPC64',
  'SCMP_ARCH_PPC64LE',
  'SCMP_ARCH_S390',
  'SCMP_ARCH_S390X',
  'SCMP_ARCH_SH',
  'SCMP_ARCH_SHEB',
  'SCMP_ARCH_PARISC',
  'SCMP_ARCH_PARISC64',
  'SCMP_ARCH_RISCV64',
]);
export type SeccompArchitecture = z.infer<typeof Architecture>;

const Flag = z.enum([
  'SECCOMP_FILTER_FLAG_TSYNC',
  'SECCOMP_FILTER_FLAG_LOG',
  'SECCOMP_FILTER_FLAG_SPEC_ALLOW',
  'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV',
]);
export type SeccompFlag = z.infer<typeof Flag>;

const Operator = z.enum([
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
]);
export type SeccompOperator = z.infer<typeof Operator>;

/** SECCOMP_RET_DATA: the kernel keeps 16 bits, and of an error 4095 at most. */
const Errno = z.number().int().min(0).max(0xffff);

const Argument = z.object({
  index: z.number().int().min(0).max(5).describe('Which argument: 0 is the first, 5 the last.'),
  value: uint64.describe('Compared with the argument; of SCMP_CMP_MASKED_EQ the mask.'),
  valueTwo: uint64
    .optional()
    .describe('Of SCMP_CMP_MASKED_EQ: what the argument has to be after “and” with the mask.'),
  op: Operator.describe('How they are compared, as numbers without a sign.'),
});

const Syscall = z.object({
  names: z
    .array(ShortText)
    .min(1)
    .max(10_000)
    .describe('System calls, as in syscalls(2). Unknown ones are left out, and said.'),
  action: Action.describe('What happens: SCMP_ACT_ERRNO has it fail, SCMP_ACT_KILL kills.'),
  errnoRet: Errno.optional().describe(
    'Of SCMP_ACT_ERRNO the error, 1 (EPERM) unless given; of SCMP_ACT_TRACE what the tracer is told.',
  ),
  args: z
    .array(Argument)
    .max(100)
    .optional()
    .describe('Only where all of these are true; two of one argument are alternatives.'),
});

/** `listenerPath` is for runc and crun, which `hostEscapes` refuses; so are its spellings, so unknown keys stay. */
export const Seccomp = z.looseObject({
  defaultAction: Action.describe('What happens to the system calls that are not listed.'),
  defaultErrnoRet: Errno.optional().describe('The same as errnoRet, for defaultAction.'),
  architectures: z
    .array(Architecture)
    .max(100)
    .optional()
    .describe('Beside that of the machine, such as SCMP_ARCH_X86 for programs of 32 bits.'),
  flags: z.array(Flag).max(10).optional().describe('Flags of seccomp(2).'),
  listenerPath: Path.optional().describe(
    'A socket for SCMP_ACT_NOTIFY, which no engine gets here.',
  ),
  listenerMetadata: Text.optional().describe('What is sent to that socket.'),
  syscalls: z
    .array(Syscall)
    .max(10_000)
    .optional()
    .describe('System calls with an action of their own. An entry without args is the stronger.'),
});
