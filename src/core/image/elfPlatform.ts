/** The platform of an image from one of its programs, in Go's words. Pure; used by helper/export. */
import type { ElfInfo } from '../bundle/elf';
import type { Platform } from './schema';

const architectures: Readonly<Record<string, readonly [little: string, big?: string]>> = {
  ...{ 'x86-64': ['amd64'], i386: ['386'], aarch64: ['arm64'], arm: ['arm'], riscv: ['riscv64'] },
  ...{ s390x: ['s390x', 's390x'], powerpc64: ['ppc64le', 'ppc64'], loongarch: ['loong64'] },
};

/** @returns undefined for a machine that Go has no word for */
export function elfPlatform({ machine, endianness }: ElfInfo): Platform | undefined {
  const [little, big] = architectures[machine] ?? [];
  const architecture = endianness === 'little' ? little : big;
  return architecture === undefined ? undefined : { os: 'linux', architecture };
}
