/**
 * One entry of a tar archive without content, as bytes: for what no tree has, so that no tar can write it. Pure;
 * used by helper/export. Content of a file follows the header where it has a size.
 */
import { encodePaxRecords } from './paxRecords';
import { type EntryType, xattrRecord } from './tarEntry';
import { blockSize, paxHeader, withChecksum } from './tarHeader';

export interface NewEntry {
  /** Bytes, as in an archive. */
  readonly name: Buffer;
  readonly type: EntryType;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly linkName?: Buffer;
  readonly major?: number;
  readonly minor?: number;
  /** Seconds since the epoch, in decimal. */
  readonly mtime?: string;
  readonly xattrs?: ReadonlyMap<string, Buffer>;
}

const typeFlags: Readonly<Record<EntryType, string>> = {
  ...{ file: '0', link: '1', symlink: '2', char: '3', block: '4', dir: '5', fifo: '6' },
};

type NumberField = 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'major' | 'minor';

/** Where each begins, and how many octal digits it has. */
const fields: Readonly<Record<NumberField, readonly [at: number, digits: number]>> = {
  ...{ mode: [100, 7], uid: [108, 7], gid: [116, 7], size: [124, 11], mtime: [136, 11] },
  ...{ major: [329, 7], minor: [337, 7] },
};

/** In the form of pax: with an extended header where something does not fit in the other. */
export function encodeEntry(entry: NewEntry): Buffer {
  const { uid = 0, gid = 0, size = 0, major = 0, minor = 0, mtime = '0' } = entry;
  const [seconds = '0'] = mtime.split('.');
  const numbers = { mode: entry.mode, uid, gid, size, mtime: Number(seconds), major, minor };
  const records = new Map<string, Buffer>();
  const text = (name: string, value: Buffer, length: number) => {
    // Others read names that are no ASCII from the extended header alone.
    if (value.length > length || value.some((byte) => byte > 0x7f)) records.set(name, value);
  };
  text('path', entry.name, 100);
  text('linkpath', entry.linkName ?? Buffer.alloc(0), 100);
  for (const key of ['uid', 'gid'] as const)
    if (numbers[key] >= 8 ** fields[key][1]) records.set(key, Buffer.from(String(numbers[key])));
  if (mtime !== seconds) records.set('mtime', Buffer.from(mtime));
  for (const [name, value] of entry.xattrs ?? []) records.set(xattrRecord(name), value);

  const block = Buffer.alloc(blockSize);
  entry.name.copy(block, 0, 0, 100);
  for (const [key, [at, digits]] of Object.entries(fields)) {
    const value = numbers[key as NumberField] % 8 ** digits;
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  }
  if (size >= 8 ** fields.size[1]) writeLarge(block, size);
  block.write(typeFlags[entry.type], 156, 'latin1');
  entry.linkName?.copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257, 'latin1');
  return Buffer.concat([extended(records), withChecksum(block)]);
}

/** With base 256, as GNU tar does: a header is one block whatever the size. */
function writeLarge(block: Buffer, size: number): void {
  const [at, digits] = fields.size;
  block.fill(0, at, at + digits + 1);
  block[at] = 0x80;
  block.writeBigUInt64BE(BigInt(size), at + digits + 1 - 8);
}

/** The zeros that fill the last block of some content. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** The mark of an archive's end. */
export const endOfArchive = Buffer.alloc(2 * blockSize);

function extended(records: ReadonlyMap<string, Buffer>): Buffer {
  if (records.size === 0) return Buffer.alloc(0);
  const content = encodePaxRecords(records);
  return Buffer.concat([paxHeader(content.length), content, padding(content.length)]);
}
