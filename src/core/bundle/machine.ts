/** Which programs a machine runs by itself, for `checkCommand` and the rootfs check. */
import type { ElfInfo } from './elf';

/** `uname -m` → names of `ElfInfo.machine`, its own first, then those that it runs besides. */
const runs: readonly (readonly [
  uname: RegExp,
  machines: readonly string[],
  endianness: ElfInfo['endianness'],
])[] = [
  [/^x86_64$/, ['x86-64', 'i386'], 'little'],
  [/^i[3-6]86$/, ['i386'], 'little'],
  [/^aarch64$/, ['aarch64', 'arm'], 'little'],
  [/^armv?[4-8].*[^b]$/, ['arm'], 'little'],
  [/^riscv64$/, ['riscv64', 'riscv32'], 'little'],
  [/^loongarch64$/, ['loongarch64'], 'little'],
  [/^ppc64le$/, ['powerpc64'], 'little'],
  [/^ppc64$/, ['powerpc64', 'powerpc'], 'big'],
  [/^s390x$/, ['s390x'], 'big'],
];

/** @param machine as `uname -m` has it; one that is not known is given the benefit of the doubt */
export function hostRuns(elf: Pick<ElfInfo, 'machine' | 'endianness'>, machine: string): boolean {
  const known = runs.find(([uname]) => uname.test(machine));
  return !known || (known[1].includes(elf.machine) && known[2] === elf.endianness);
}

/** Whether a machine for one program runs the other one, too. */
export function runsBeside(elf: ElfInfo, own: ElfInfo): boolean {
  if (elf.machine === own.machine) return elf.endianness === own.endianness;
  return runs.some(
    ([, machines, endianness]) =>
      endianness === elf.endianness &&
      machines.includes(own.machine) &&
      machines.includes(elf.machine),
  );
}
