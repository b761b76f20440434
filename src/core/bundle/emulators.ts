/**
 * The processors that qemu-user emulates, as binfmt_misc is told of their programs. Pure.
 * https://docs.kernel.org/admin-guide/binfmt-misc.html
 */
import type { ElfInfo } from './elf';

/** Where the kernel has its binfmt_misc, of the machine or of a user namespace. */
export const binfmtFolder = '/proc/sys/fs/binfmt_misc';

export interface EmulatedProcessor {
  /** In the word of qemu: `aarch64`. */
  readonly name: string;
  readonly class: ElfInfo['class'];
  readonly endianness: ElfInfo['endianness'];
  /** As in `ElfInfo`, and its number in an ELF header (e_machine). */
  readonly machine: string;
  readonly number: number;
}

const little = { class: 64, endianness: 'little' } as const;

/** Those for which there may be programs here. */
export const processors: readonly EmulatedProcessor[] = [
  { name: 'aarch64', ...little, machine: 'aarch64', number: 183 },
  { name: 'arm', class: 32, endianness: 'little', machine: 'arm', number: 40 },
  { name: 'i386', class: 32, endianness: 'little', machine: 'i386', number: 3 },
  { name: 'loongarch64', ...little, machine: 'loongarch64', number: 258 },
  { name: 'ppc64', class: 64, endianness: 'big', machine: 'powerpc64', number: 21 },
  { name: 'ppc64le', ...little, machine: 'powerpc64', number: 21 },
  { name: 'riscv64', ...little, machine: 'riscv64', number: 243 },
  { name: 's390x', class: 64, endianness: 'big', machine: 's390x', number: 22 },
  { name: 'x86_64', ...little, machine: 'x86-64', number: 62 },
];

/** @returns undefined for a program that none of the emulators known here runs */
export function processorOf(elf: ElfInfo): EmulatedProcessor | undefined {
  return processors.find(
    (one) =>
      one.machine === elf.machine && one.class === elf.class && one.endianness === elf.endianness,
  );
}

/**
 * P: the emulator is told argv[0], without which BusyBox is always `sh`. F: its file is opened now, on the root of the
 * machine. C (with O): set-user-ID programs, and those that their user may not read, are what they are.
 */
const flags = 'POCF';

/** What is written to `register` for the programs of that processor; of one line. @param emulator its absolute path */
export function registration(processor: EmulatedProcessor, emulator: string): string {
  const { magic, mask } = headerOf(processor);
  return `:qemu-${processor.name}:M::${escaped(magic)}:${escaped(mask)}:${emulator}:${flags}`;
}

/** The first 20 bytes of an ELF header (elf(5)): class, byte order, and a program or a shared object of that machine. */
export function headerOf(processor: Pick<EmulatedProcessor, 'class' | 'endianness' | 'number'>): {
  readonly magic: Buffer;
  readonly mask: Buffer;
} {
  const [magic, mask] = [Buffer.alloc(20), Buffer.alloc(20, 0xff)];
  magic.write('\x7fELF', 'latin1');
  magic[4] = processor.class === 64 ? 2 : 1;
  magic[5] = processor.endianness === 'little' ? 1 : 2;
  magic[6] = 1; // EV_CURRENT
  mask[7] = 0; // any EI_OSABI
  const put = (buffer: Buffer, value: number, at: number) =>
    processor.endianness === 'little'
      ? buffer.writeUInt16LE(value, at)
      : buffer.writeUInt16BE(value, at);
  put(magic, 2, 16); // ET_EXEC, or with the last bit ET_DYN
  put(mask, 0xfffe, 16);
  put(magic, processor.number, 18);
  return { magic, mask };
}

function escaped(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
