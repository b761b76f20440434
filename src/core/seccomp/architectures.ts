/**
 * The architectures that filters are made for, and which of them one machine runs: a 64-bit kernel has
 * programs of 32 bits too, whose system calls have other numbers.
 */
import type { SeccompArchitecture } from '../config/seccompSchema';
import { TerrariumError } from '../errors';
import type { TableName } from './syscallNumbers';

export interface Architecture {
  readonly name: SeccompArchitecture;
  readonly table: TableName;
  /** AUDIT_ARCH_… of <linux/audit.h>: `arch` of struct seccomp_data. */
  readonly audit: number;
  readonly bits: 32 | 64;
}

const x86_64: Architecture = {
  ...{ name: 'SCMP_ARCH_X86_64', table: 'x86_64', audit: 0xc000003e, bits: 64 },
};
const x86: Architecture = { name: 'SCMP_ARCH_X86', table: 'x86', audit: 0x40000003, bits: 32 };
const aarch64: Architecture = {
  ...{ name: 'SCMP_ARCH_AARCH64', table: 'aarch64', audit: 0xc00000b7, bits: 64 },
};
const arm: Architecture = { name: 'SCMP_ARCH_ARM', table: 'arm', audit: 0x40000028, bits: 32 };

/** By `process.arch`: the machine's own first. */
const families = {
  x64: [x86_64, x86],
  ia32: [x86, x86_64],
  arm64: [aarch64, arm],
  arm: [arm, aarch64],
} as const satisfies Record<string, readonly Architecture[]>;

/** What `process.arch` is on a machine for which filters can be made. */
export type MachineArchitecture = keyof typeof families;

/** The architectures whose system calls are known here, whatever the machine. */
export const knownArchitectures: ReadonlySet<string> = new Set(
  [x86_64, x86, aarch64, arm].map(({ name }) => name),
);

/**
 * @param machine `process.arch`
 * @returns those that its kernel may have programs of, its own first
 * @throws TerrariumError `seccomp-machine` where its system calls are not known
 */
export function architecturesOf(machine: string): readonly [Architecture, ...Architecture[]] {
  if (Object.hasOwn(families, machine)) return families[machine as MachineArchitecture];
  throw new TerrariumError(
    'seccomp-machine',
    `The built-in engine does not know the system calls of this machine (${machine}).`,
    'Set the annotation dev.terrarium.engine to "crun" or "runc", or remove linux.seccomp.',
  );
}
