/**
 * What Linux 5.4 to 6.18 write about one and the same process, as far as they differ: the numbers of one
 * machine in the lines and the order of each fs/proc/array.c. recorded/ holds what real ones wrote.
 */
export interface KernelFormat {
  readonly release: string;
  /** @param comm raw bytes as the process chose them */
  stat(comm: Buffer): Buffer;
  /** @param name as the kernel escapes it */
  status(name: string): string;
}

const statRest =
  ' S 15499 15501 15499 34816 15501 4194560 91 220 0 0 7 5 0 0 20 -3 3 0 633502 2990080 423 ' +
  '18446744073709551615 94908060667904 94908060685833 140725737419184 0 0 0 0 6 65538 1 0 0 17 0 0 0 ' +
  '0 0 0 94908060699920 94908060701184 94908870578176 140725737425640 140725737425649 140725737425649 ' +
  '140725737426921 0\n';

const begin = (name: string) => `Name:\t${name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t15501
Ngid:\t0\nPid:\t15501\nPPid:\t15499\nTracerPid:\t0\nUid:\t1000\t1001\t1002\t1003
Gid:\t100\t101\t102\t103\nFDSize:\t256\nGroups:\t4 24 27 \nNStgid:\t15501\t1\nNSpid:\t15501\t7\t1
NSpgid:\t15501\t1\nNSsid:\t15501\t1\n`;

const memory = `VmPeak:\t    2920 kB\nVmSize:\t    2920 kB\nVmLck:\t       0 kB\nVmPin:\t       0 kB
VmHWM:\t    1692 kB\nVmRSS:\t    1692 kB\nRssAnon:\t     100 kB\nRssFile:\t    1592 kB
RssShmem:\t       0 kB\nVmData:\t     360 kB\nVmStk:\t     132 kB\nVmExe:\t     104 kB
VmLib:\t    1704 kB\nVmPTE:\t      48 kB\nVmSwap:\t       0 kB\nHugetlbPages:\t       0 kB
CoreDumping:\t0\nTHP_enabled:\t1\n`;

const signals = `Threads:\t3\nSigQ:\t0/96365\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000
SigBlk:\t0000000000010002\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000006
CapInh:\t0000000000000000\nCapPrm:\t000000fffeffffff\nCapEff:\t0000000000000001
CapBnd:\t000000ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n`;

const end = `Cpus_allowed:\t3\nCpus_allowed_list:\t0-1\nMems_allowed:\t1\nMems_allowed_list:\t0
voluntary_ctxt_switches:\t6\nnonvoluntary_ctxt_switches:\t1\n`;

const store = 'Speculation_Store_Bypass:\tthread vulnerable\n';
const branch = 'SpeculationIndirectBranch:\tconditional enabled\n';

interface Lines {
  /** After the namespaces: `Kthread` since 6.11. */
  readonly kthread?: string;
  /** After the memory: since 6.4 what arm64 and x86 untag. */
  readonly features?: string;
  /** After `Seccomp`. */
  readonly seccomp?: string;
}

function kernel(
  release: string,
  { kthread = '', features = '', seccomp = '' }: Lines,
): KernelFormat {
  return {
    release,
    stat: (comm) => Buffer.concat([Buffer.from('15501 ('), comm, Buffer.from(`)${statRest}`)]),
    status: (name) => begin(name) + kthread + memory + features + signals + seccomp + store + end,
  };
}

const filters = 'Seccomp_filters:\t1\n';

export const kernels: readonly KernelFormat[] = [
  kernel('5.4', {}),
  kernel('5.10', { seccomp: filters }),
  kernel('5.15', { seccomp: filters + branch }),
  kernel('6.1', { seccomp: filters + branch }),
  kernel('6.8', { seccomp: filters + branch, features: 'untag_mask:\t0xffffffffffffffff\n' }),
  kernel('6.18', {
    kthread: 'Kthread:\t0\n',
    seccomp: filters + branch,
    features:
      'untag_mask:\t0xffffffffffffffff\nx86_Thread_features:\t\nx86_Thread_features_locked:\t\n',
  }),
];

/** Names that a process can give itself with prctl(PR_SET_NAME), as bytes. */
export const oddNames: readonly Buffer[] = [
  '',
  ' ',
  ')',
  ') R 1 (',
  'a\nb',
  'a\\nb',
  '\\',
  'NSpid:\t1',
  '\x1b[2J\x07',
  '\u202etxt.exe',
  '💥💥💥',
  'x\tUid:\t0\t0',
]
  .map((name) => Buffer.from(name))
  .concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('💥💥💥💥').subarray(0, 15)]);

/** fs/proc/array.c escapes newline and backslash in `Name:`, and nothing else. */
export function escapedName(name: Buffer): Buffer {
  return Buffer.from(
    name.toString('latin1').replaceAll('\\', '\\\\').replaceAll('\n', '\\n'),
    'latin1',
  );
}
