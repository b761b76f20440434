/** One entry of a tar archive, of its header and the extended records before it. Pure; used by TarReader.ts. */
import { TerrariumError } from '../errors';
import type { PaxRecords } from './paxRecords';
import { type TarHeader, damaged } from './tarHeader';

export type EntryType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'dir' | 'fifo';

export interface TarEntry {
  readonly name: Buffer;
  readonly type: EntryType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that the archive has of it. */
  readonly size: number;
  readonly linkName: Buffer;
  readonly major: number;
  readonly minor: number;
  /** Of devices alone: seconds since the epoch, in decimal. */
  readonly mtime?: string | undefined;
  /** Where its content begins in the archive. */
  readonly contentAt: number;
  /** By their names, without the prefix of the archive. */
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

const types: Readonly<Record<string, EntryType>> = {
  ...{ '0': 'file', '7': 'file', S: 'file', '1': 'link', '2': 'symlink', '3': 'char' },
  ...{ '4': 'block', '5': 'dir', D: 'dir', '6': 'fifo' },
};

const xattrPrefix = 'SCHILY.xattr.';
/** What GNU tar writes as text: ACLs and labels of SELinux. They have their names as they are. */
const textForms = /^(SCHILY\.acl\.|RHT\.security\.)/;

/** @returns the key of the record that has an xattr, as `TarEntry.xattrs` names it */
export function xattrRecord(name: string): string {
  return textForms.test(name) ? name : xattrPrefix + name;
}

export function isXattrRecord(key: string): boolean {
  return key.startsWith(xattrPrefix) || textForms.test(key);
}

/** Of GNU tar, before the entry. */
export interface LongNames {
  readonly longName: Buffer | undefined;
  readonly longLink: Buffer | undefined;
}

/** @throws TerrariumError `tar-damaged`, `tar-unsupported` */
export function tarEntryOf(
  header: TarHeader,
  records: PaxRecords,
  { longName, longLink }: LongNames,
  contentAt: number,
): TarEntry {
  const type = types[header.type];
  if (type === undefined)
    throw new TerrariumError(
      'tar-unsupported',
      `The archive has an entry of type “${JSON.stringify(header.type).slice(1, -1)}”, which is none of tar(5) that can be unpacked.`,
      'Make the archive anew with GNU tar: “tar --create --format=pax”.',
    );
  const number = (key: string, otherwise: number) => {
    const text = records.get(key)?.toString('latin1');
    if (text === undefined) return otherwise;
    if (!/^\d{1,16}$/.test(text)) throw damaged(`has a record ${key} that is no number`);
    return Number(text);
  };
  const name = records.get('GNU.sparse.name') ?? records.get('path') ?? longName ?? header.name;
  const size = number('size', header.size);
  requireOneReading(header.type, name, size, records);
  return {
    name,
    // What had no types of its own ended the names of folders with a slash.
    type: type === 'file' && header.type === '0' && name.at(-1) === 0x2f ? 'dir' : type,
    mode: header.mode,
    uid: number('uid', header.uid),
    gid: number('gid', header.gid),
    size: hasContent(header.type) ? size : 0,
    linkName: records.get('linkpath') ?? longLink ?? header.linkName,
    major: header.major,
    minor: header.minor,
    mtime: header.mtime === undefined ? undefined : mtimeOf(records, header.mtime),
    contentAt,
    xattrs: xattrsIn(records),
  };
}

function xattrsIn(records: PaxRecords): ReadonlyMap<string, Buffer> {
  let xattrs: Map<string, Buffer> | undefined;
  for (const [key, value] of records) {
    if (!/^[SR]/.test(key)) continue; // most have none
    if (key.startsWith(xattrPrefix))
      (xattrs ??= new Map()).set(key.slice(xattrPrefix.length), value);
    else if (textForms.test(key)) (xattrs ??= new Map()).set(key, value);
  }
  return xattrs ?? none;
}

const none: ReadonlyMap<string, Buffer> = new Map();

function mtimeOf(records: PaxRecords, otherwise: string): string {
  const text = records.get('mtime')?.toString('latin1') ?? '';
  return /^\d{1,15}(\.\d{1,9})?$/.test(text) ? text : otherwise;
}

/** Refuses what GNU tar takes for an entry without content, or with another size. Its next header would be another one. */
function requireOneReading(type: string, name: Buffer, size: number, records: PaxRecords): void {
  const isFolder = name.at(-1) === 0x2f && '07S'.includes(type);
  if (records.size === 0 && !isFolder) return;
  if (size > 0 && (isFolder || (records.has('GNU.dumpdir') && type !== 'D')))
    throw damaged('has a folder with content');
  if (!records.has('GNU.sparse.size') && !records.has('GNU.sparse.realsize')) return;
  const isSparse =
    /^[1-9]/.test(records.get('GNU.sparse.major')?.toString('latin1') ?? '') ||
    ['map', 'numbytes'].some((key) => records.get(`GNU.sparse.${key}`)?.length);
  if (!isSparse) throw damaged('has a sparse file without a map');
}

export function hasContent(type: string): boolean {
  return '07SD'.includes(type);
}
