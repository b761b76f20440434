/**
 * Reads what an ELF header tells about a program (elf(5)): for which machine it is, and which
 * loader it needs. For finding a static BusyBox and for saying why a program cannot start.
 */
import type { ReadableFile } from '../fs/files';
import { readAt, withRegularFile } from '../fs/readBounded';

export interface ElfInfo {
  /** 32 or 64 bits. */
  readonly class: 32 | 64;
  readonly endianness: 'little' | 'big';
  /** As `uname -m` would say it, roughly: `x86-64`, `aarch64`; `machine 123` for a rare one. */
  readonly machine: string;
  /** The loader (PT_INTERP), a path inside the rootfs; absent in static programs. */
  readonly interpreter?: string;
  /** Needs no loader. */
  readonly static: boolean;
}

/** e_machine: the ones that Linux distributions exist for. */
const machines: Readonly<Record<number, string>> = {
  3: 'i386',
  8: 'mips',
  20: 'powerpc',
  21: 'powerpc64',
  22: 's390x',
  40: 'arm',
  42: 'sh',
  43: 'sparc64',
  62: 'x86-64',
  93: 'xtensa',
  94: 'arc',
  183: 'aarch64',
  189: 'microblaze',
  243: 'riscv',
  258: 'loongarch',
};

/** Real programs have about a dozen program headers. */
const maxProgramHeaders = 256;
/** PATH_MAX: no loader can have a longer path. */
const maxInterpreter = 4096;
const PT_INTERP = 3;

/**
 * @param file a host path; a symbolic link in its last component is not followed
 * @returns undefined where it is no ELF file, or one that is cut off
 * @throws what open(2) and read(2) say
 */
export async function readElf(file: string): Promise<ElfInfo | undefined> {
  return withRegularFile(file, elfOf);
}

/** One program header (elf(5)): where a segment lies in the file and in memory. */
export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  /** In the file, in bytes. */
  readonly size: number;
}

/** What an ELF header says, with its program headers, and how its numbers are read. */
export interface ElfHeaders {
  readonly info: Pick<ElfInfo, 'class' | 'endianness' | 'machine'>;
  readonly segments: readonly Segment[];
  readonly read: ReturnType<typeof reader>;
}

/** The same of an open file. */
export async function elfOf(handle: ReadableFile): Promise<ElfInfo | undefined> {
  const headers = await headersOf(handle);
  if (!headers) return undefined;
  const { info, segments } = headers;
  const loader = segments.find(({ type }) => type === PT_INTERP);
  if (!loader) return { ...info, static: true };
  const { offset, size } = loader;
  if (size < 2 || size > maxInterpreter) return undefined;
  const text = (await readAt(handle, offset, size)).toString('utf8');
  return { ...info, interpreter: text.split('\0', 1)[0] ?? '', static: false };
}

/** @returns undefined where it is no ELF file, or one that is cut off */
export async function headersOf(handle: ReadableFile): Promise<ElfHeaders | undefined> {
  const header = await readAt(handle, 0, 64);
  if (header.length < 52 || header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const wide = header[4] === 2;
  const little = header[5] === 1;
  if ((!wide && header[4] !== 1) || (!little && header[5] !== 2)) return undefined;
  if (wide && header.length < 64) return undefined;

  const read = reader(little, wide);
  const code = read.u16(header, 18);
  const offset = read.word(header, wide ? 32 : 28);
  const entrySize = read.u16(header, wide ? 54 : 42);
  const count = read.u16(header, wide ? 56 : 44);
  // As execve(2) wants it.
  if (entrySize !== (wide ? 56 : 32) || count > maxProgramHeaders) return undefined;

  const machine = machines[code] ?? `machine ${code}`;
  const info = {
    class: wide ? (64 as const) : (32 as const),
    endianness: little ? ('little' as const) : ('big' as const),
    machine:
      machine === 'riscv' || machine === 'loongarch' ? machine + (wide ? '64' : '32') : machine,
  };
  const table = await readAt(handle, offset, entrySize * count);
  const segments: Segment[] = [];
  for (let at = 0; at + entrySize <= table.length; at += entrySize)
    segments.push({
      type: read.u32(table, at),
      offset: read.word(table, at + (wide ? 8 : 4)),
      address: read.word(table, at + (wide ? 16 : 8)),
      size: read.word(table, at + (wide ? 32 : 16)),
    });
  return { info, segments, read };
}

/** Numbers in the file's own byte order; `word` is a file offset of its class. */
function reader(little: boolean, wide: boolean) {
  const u16 = (from: Buffer, at: number) =>
    little ? from.readUInt16LE(at) : from.readUInt16BE(at);
  const u32 = (from: Buffer, at: number) =>
    little ? from.readUInt32LE(at) : from.readUInt32BE(at);
  const u64 = (from: Buffer, at: number) =>
    Number(little ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
  return { u16, u32, word: wide ? u64 : u32 };
}
