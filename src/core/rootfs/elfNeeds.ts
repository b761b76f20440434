/**
 * What an ELF file asks of its loader: the libraries that it needs and where they are to be looked for, of its
 * dynamic section (elf(5), ld.so(8)). Used by Libraries.ts.
 */
import { type ElfInfo, headersOf } from '../bundle/elf';
import type { ReadableFile } from '../fs/files';
import { readAt } from '../fs/readBounded';

export interface ElfNeeds {
  readonly info: Pick<ElfInfo, 'class' | 'endianness' | 'machine'>;
  /** DT_NEEDED, in its order. */
  readonly needed: readonly string[];
  readonly soname?: string | undefined;
  /** DT_RPATH and DT_RUNPATH, with their `$ORIGIN`; folders between colons. */
  readonly rpath?: string | undefined;
  readonly runpath?: string | undefined;
  /** DF_1_NODEFLIB: neither the cache nor the usual folders. */
  readonly noUsualFolders: boolean;
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;
const DT_FLAGS_1 = 0x6ffffffb;
const DF_1_NODEFLIB = 0x800;

/** A dynamic section of a real library has some thirty entries of 16 bytes. */
const maxDynamic = 64 * 1024;
/** PATH_MAX for a name; lists of folders are longer. Most are short, and read first. */
const [usualText, maxText] = [256, 16 * 1024];
/** Those of the largest programs are some 150. */
const maxNeeded = 500;

/** @returns undefined where it is no ELF file, or one that is cut off; nothing needed where it is static */
export async function elfNeeds(handle: ReadableFile): Promise<ElfNeeds | undefined> {
  const headers = await headersOf(handle);
  if (!headers) return undefined;
  const { info, segments, read } = headers;
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (!dynamic) return { info, needed: [], noUsualFolders: false };
  const table = await readAt(handle, dynamic.offset, Math.min(dynamic.size, maxDynamic));
  const [step, wordSize] = info.class === 64 ? [16, 8] : [8, 4];
  const entries: { readonly tag: number; readonly value: number }[] = [];
  for (let at = 0; at + step <= table.length; at += step) {
    const tag = read.word(table, at);
    if (tag === DT_NULL) break;
    entries.push({ tag, value: read.word(table, at + wordSize) });
  }
  const valueOf = (wanted: number) => entries.find(({ tag }) => tag === wanted)?.value;
  const strings = valueOf(DT_STRTAB);
  const loaded = segments.find(
    ({ type, address, size }) =>
      type === PT_LOAD && strings !== undefined && strings >= address && strings < address + size,
  );
  if (strings === undefined || !loaded) return { info, needed: [], noUsualFolders: false };
  const base = strings - loaded.address + loaded.offset;
  const textAt = async (offset: number | undefined) => {
    if (offset === undefined) return undefined;
    for (const most of [usualText, maxText]) {
      const bytes = await readAt(handle, base + offset, most);
      const end = bytes.indexOf(0);
      if (end >= 0) return bytes.toString('utf8', 0, end);
    }
    return undefined;
  };
  const needed: string[] = [];
  for (const { tag, value } of entries) {
    if (tag !== DT_NEEDED) continue;
    const name = await textAt(value);
    if (name !== undefined && name !== '') needed.push(name);
    if (needed.length >= maxNeeded) break;
  }
  return {
    ...{ info, needed },
    soname: await textAt(valueOf(DT_SONAME)),
    rpath: await textAt(valueOf(DT_RPATH)),
    runpath: await textAt(valueOf(DT_RUNPATH)),
    noUsualFolders: ((valueOf(DT_FLAGS_1) ?? 0) & DF_1_NODEFLIB) !== 0,
  };
}
