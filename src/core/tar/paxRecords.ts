/**
 * Extended header records of pax(1): `LENGTH KEY=VALUE\n`. Values are bytes: names need not be UTF-8, and
 * xattrs are binary.
 */
import { TerrariumError } from '../errors';

/** Keys are ASCII; one character per byte where they are not. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/**
 * @param into gets the records; later ones replace those of the same key
 * @throws TerrariumError `tar-damaged`
 */
export function parsePaxRecords(
  block: Buffer,
  into: Map<string, Buffer> = new Map(),
): Map<string, Buffer> {
  let at = 0;
  while (at < block.length && block[at] !== 0) {
    const space = block.indexOf(0x20, at);
    const end = at + lengthAt(block, at, space);
    const equals = block.indexOf(0x3d, space + 1);
    // GNU tar skips blanks before a key.
    const isBlank = block[space + 1] === 0x20 || block[space + 1] === 0x09;
    if (equals < 0 || equals >= end - 1 || end > block.length || block[end - 1] !== 0x0a || isBlank)
      throw new TerrariumError(
        'tar-damaged',
        'The archive has an extended header of pax that cannot be read.',
        'Get the archive anew, or make it with another program.',
      );
    into.set(keyAt(block, space + 1, equals), block.subarray(equals + 1, end - 1));
    at = end;
  }
  return into;
}

/** Three times stand before each entry of GNU tar. */
function keyAt(block: Buffer, start: number, end: number): string {
  if (end - start === 5 && block.readUInt32BE(start + 1) === time)
    for (const key of times) if (block[start] === key.charCodeAt(0)) return key;
  return block.toString('latin1', start, end);
}

const times = ['atime', 'ctime', 'mtime'] as const;
const time = Buffer.from('time').readUInt32BE();

/** @param end behind its digits @returns 0 where there is no number */
function lengthAt(block: Buffer, start: number, end: number): number {
  if (end < 0 || end - start > 12 || block[start] === 0x30) return 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const digit = block[at]! - 0x30;
    if (digit < 0 || digit > 9) return 0;
    length = length * 10 + digit;
  }
  return length;
}

/** The length counts its own digits. */
export function encodePaxRecords(records: PaxRecords): Buffer {
  const parts: Buffer[] = [];
  for (const [key, value] of records) {
    const rest = key.length + value.length + 3; // space, equals sign, newline
    let length = rest + String(rest).length;
    if (String(length).length !== String(rest).length) length = rest + String(length).length;
    parts.push(Buffer.from(`${length} ${key}=`, 'latin1'), value, Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}
