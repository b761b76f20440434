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
  readonly mtime?: string;
  /** More blocks of the map of an old sparse file of GNU tar follow. */
  readonly isExtended: boolean;
}

/** @throws TerrariumError `tar-damaged` */
export function parseTarHeader(block: Buffer): TarHeader {
  requireChecksum(block);
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? textAt(block, 345, 155) : Buffer.alloc(0);
  const name = textAt(block, 0, 100);
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    size: numberAt(block, 124, 12),
    type,
    linkName: textAt(block, 157, 100),
    major: /[34]/.test(type) ? numberAt(block, 329, 8) : 0,
    minor: /[34]/.test(type) ? numberAt(block, 337, 8) : 0,
    ...(/[34]/.test(type) ? { mtime: mtimeAt(block) } : {}),
    isExtended: type === 'S' && block[482] !== 0,
  };
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
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
function mtimeAt(block: Buffer): string {
  return (block[136]! & 0xc0) === 0xc0 ? '0' : String(numberAt(block, 136, 12));
}

/** Of bytes, with blanks in the place of the sum. */
function checksumOf(block: Buffer, signed = false): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < blockSize; at++)
    if (at < 148 || at >= 156) sum += signed ? block.readInt8(at) : block[at]!;
  return sum;
}

export function withChecksum(block: Buffer): Buffer {
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Some old programs added up signed characters. */
function requireChecksum(block: Buffer): void {
  const told = numberAt(block, 148, 8);
  if (told === checksumOf(block) || told === checksumOf(block, true)) return;
  throw damaged('has a header whose checksum is wrong');
}

function textAt(block: Buffer, start: number, length: number): Buffer {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

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
