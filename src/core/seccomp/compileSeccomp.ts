/** `linux.seccomp` of `config.json` as a program for seccomp(2), without libseccomp. */
import type { ConfigWarning } from '../config/unsupported';
import { TerrariumError } from '../errors';
import { foreignArchitecture } from './actions';
import { architecturesOf } from './architectures';
import { Assembler } from './Assembler';
import { defaultReturn, entriesOf } from './entries';
import { firstNewer } from './newerCalls';
import { refuse, type SeccompProfile } from './profile';
import { type Overridden, rulesOf } from './rules';
import { searchTree } from './searchTree';
import { seccompWarnings } from './seccompWarnings';

export interface SeccompFilter {
  /** SECCOMP_FILTER_FLAG_… for seccomp(2). */
  readonly flags: number;
  /** An array of struct sock_filter as it is in memory: eight bytes an instruction. */
  readonly program: Uint8Array;
  /** The same in hexadecimal digits, 16 an instruction. */
  readonly hex: string;
  /** What is left out, or means something else than it seems to; places are those in `config.json`. */
  readonly warnings: readonly ConfigWarning[];
}

/** BPF_MAXINSNS of <linux/bpf_common.h>. */
const maxInstructions = 4096;

const flagBits = {
  SECCOMP_FILTER_FLAG_TSYNC: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 0, // of SCMP_ACT_NOTIFY alone; the kernel refuses it without
} as const;

/**
 * A filter that does what libseccomp's does under runc and crun:
 *
 * - Of one system call an entry without `args` holds, the first of several; else the first entry whose
 *   `args` are all true; else the default action. An entry with the default action is left out.
 * - `architectures` adds to the machine's own. Programs of any other, of x32 too, are killed at their
 *   first system call.
 * - A system call with a number above all that the profile names fails with ENOSYS, unless the default action lets
 *   it pass (`newerCalls.ts`). So it is under runc; crun has the default action there.
 *
 * The order of two entries with `args`, of one system call and with different actions, is that of the file;
 * libseccomp sorts them by their arguments.
 *
 * @param machine `process.arch`
 * @throws TerrariumError `seccomp-machine`, `seccomp-notify`, `seccomp-errno`, `seccomp-number`,
 *   `seccomp-too-long`
 */
export function compileSeccomp(profile: SeccompProfile, machine: string): SeccompFilter {
  const [own, ...others] = architecturesOf(machine);
  refuseListener(profile);
  const architectures = [
    own,
    ...others.filter(({ name }) => profile.architectures?.includes(name)),
  ];
  const entries = entriesOf(profile);
  const byDefault = defaultReturn(profile);
  const assembler = new Assembler();
  const overridden: Overridden = new Map();
  const begins = architectures.toReversed().map((architecture) => ({
    audit: architecture.audit,
    label: searchTree(
      ...[assembler, architecture, rulesOf(entries, architecture, overridden), byDefault],
      firstNewer(profile, architecture),
    ),
  }));
  const byArchitecture = begins.reduce(
    (next, { audit, label }) => assembler.branch('equal', audit, label, next),
    assembler.return(foreignArchitecture),
  );
  assembler.load(4, byArchitecture); // arch
  if (assembler.length > maxInstructions)
    throw new TerrariumError(
      'seccomp-too-long',
      `linux.seccomp becomes a filter of ${assembler.length} instructions, and the kernel takes ${maxInstructions}.`,
      'Remove entries with "args", or architectures.',
    );
  const program = assembler.program();
  const flags = profile.flags?.reduce((bits, flag) => bits | flagBits[flag], 0) ?? 0;
  const hex = Buffer.from(program).toString('hex');
  return { flags, program, hex, warnings: seccompWarnings(profile, overridden) };
}

/** Whatever the actions are: who asks for a listener counts on it. */
function refuseListener(profile: SeccompProfile): void {
  for (const key of ['listenerPath', 'listenerMetadata'] as const)
    if (profile[key])
      refuse(
        'notify',
        `.${key}`,
        'is for a program outside that answers, and Terrarium hands a filter over to none',
        'Remove it.',
      );
}
