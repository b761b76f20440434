/** One header block of a tar archive: ustar, GNU and old (tar(5)). Pure; used by TarReader.ts. */
import { TerrariumError } from '../errors';

export const blockSize = 512;

export interface TarHeader {
  readonly name: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** As one character; an old archive's NUL is '0'. */
  readonly type: string;
  readonly linkName: Buffer;
  readonly major: number;
  readonly minor: number;
  /** Of devices alone: seconds since the epoch. */
  readonly mtime: string | undefined;
  /** More blocks of the map of an old sparse file of GNU tar follow. */
  readonly isExtended: boolean;
}

/**
 * Of many small files most of an import's own time is spent here: fields that are empty make no buffers.
 *
 * @param at where the block begins
 * @throws TerrariumError `tar-damaged`
 */
export function parseTarHeader(bytes: Buffer, at = 0): TarHeader {
  requireChecksum(bytes, at);
  const type = bytes[at + 156] === 0 ? '0' : String.fromCharCode(bytes[at + 156]!);
  const isDevice = type === '3' || type === '4';
  return {
    name: nameAt(bytes, at),
    mode: numberAt(bytes, at + 100, 8) & 0o7777,
    uid: numberAt(bytes, at + 108, 8),
    gid: numberAt(bytes, at + 116, 8),
    size: numberAt(bytes, at + 124, 12),
    type,
    linkName: textAt(bytes, at + 157, 100),
    major: isDevice ? numberAt(bytes, at + 329, 8) : 0,
    minor: isDevice ? numberAt(bytes, at + 337, 8) : 0,
    mtime: isDevice ? mtimeAt(bytes, at) : undefined,
    isExtended: type === 'S' && bytes[at + 482] !== 0,
  };
}

function nameAt(bytes: Buffer, at: number): Buffer {
  const name = textAt(bytes, at, 100);
  if (bytes[at + 345] === 0 || !ustar.every((byte, place) => bytes[at + 257 + place] === byte))
    return name;
  return Buffer.concat([textAt(bytes, at + 345, 155), Buffer.from('/'), name]);
}

const ustar = [...Buffer.from('ustar\0')];

export function isZeroBlock(bytes: Buffer, at = 0): boolean {
  for (let place = at; place < at + blockSize; place++) if (bytes[place] !== 0) return false;
  return true;
}

/** @returns the block with another owner @param ids in the place of those that it has */
export function withOwner(block: Buffer, ids: { readonly uid: number; readonly gid: number }) {
  const changed = Buffer.from(block);
  const octal = (value: number) => `${value.toString(8).padStart(7, '0')}\0`;
  changed.write(octal(ids.uid), 108, 'latin1');
  changed.write(octal(ids.gid), 116, 'latin1');
  return withChecksum(changed);
}

/** A header for extended records of the entry that follows. */
export function paxHeader(size: number): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write('PaxHeaders/entry', 0, 'latin1');
  block.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\x0000000000000\0`, 124, 'latin1');
  block.write('x', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  return withChecksum(block);
}

/** A time before 1970 is negative there, which no device of a rootfs has. */
function mtimeAt(bytes: Buffer, at: number): string {
  return (bytes[at + 136]! & 0xc0) === 0xc0 ? '0' : String(numberAt(bytes, at + 136, 12));
}

/** Of bytes, with blanks in the place of the sum. */
function checksumOf(bytes: Buffer, start: number, signed = false): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < blockSize; at++)
    if (at < 148 || at >= 156) sum += signed ? bytes.readInt8(start + at) : bytes[start + at]!;
  return sum;
}

/** The same, four bytes at a time: two sums of every other byte in one number, which they do not fill. */
function fastChecksumOf({ buffer, byteOffset }: Buffer, start: number): number {
  const words = new Int32Array(buffer, byteOffset + start, blockSize / 4);
  let sums = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    sums = (sums + (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff)) | 0;
  }
  const own = words[37]!;
  sums -= (own & 0x00ff00ff) + ((own >>> 8) & 0x00ff00ff);
  const last = words[38]!;
  sums -= (last & 0x00ff00ff) + ((last >>> 8) & 0x00ff00ff);
  return 8 * 0x20 + (sums & 0xffff) + (sums >>> 16);
}

export function withChecksum(block: Buffer): Buffer {
  block.write(`${checksumOf(block, 0).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Some old programs added up signed characters. */
function requireChecksum(bytes: Buffer, at: number): void {
  const told = numberAt(bytes, at + 148, 8);
  const isAligned = (bytes.byteOffset + at) % 4 === 0;
  if (told === (isAligned ? fastChecksumOf(bytes, at) : checksumOf(bytes, at))) return;
  if (told === checksumOf(bytes, at, true)) return;
  throw damaged('has a header whose checksum is wrong');
}

/** Up to a NUL. */
function textAt(bytes: Buffer, start: number, length: number): Buffer {
  let end = start;
  while (end < start + length && bytes[end] !== 0) end++;
  return end === start ? empty : bytes.subarray(start, end);
}

const empty = Buffer.alloc(0);

/** Octal digits; or, where the first bit is set, a number in two's complement with base 256. */
export function numberAt(block: Buffer, start: number, length: number): number {
  const first = block[start]!;
  let value = 0;
  if (first & 0x80) {
    if (first & 0x40) throw damaged('has a negative number in a header');
    value = first & 0x3f;
    for (let at = start + 1; at < start + length; at++) value = value * 256 + block[at]!;
  } else {
    value = octalAt(block, start, start + length);
  }
  if (!Number.isSafeInteger(value)) throw damaged('has a header with a number that is too large');
  return value;
}

/** Blanks may stand around the digits; a NUL ends them. */
function octalAt(block: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(block[at]!)) at++;
  let value = 0;
  for (; at < end && block[at]! >= 0x30 && block[at]! <= 0x37; at++)
    value = value * 8 + block[at]! - 0x30;
  while (at < end && isBlank(block[at]!)) at++;
  if (at < end && block[at] !== 0) throw damaged('has a header with a number that is none');
  return value;
}

/** As String.prototype.trim() takes them, in Latin-1. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0;
}

export function damaged(what: string): TerrariumError {
  return new TerrariumError(
    'tar-damaged',
    `The archive ${what}.`,
    'It is damaged or no tar archive: get it anew.',
  );
}
