/**
 * Extended header records of pax(1): `LENGTH KEY=VALUE\n`. Values are bytes: names need not be UTF-8, and
 * xattrs are binary.
 */
import { TerrariumError } from '../errors';

/** Keys are ASCII; one character per byte where they are not. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/** @throws TerrariumError `tar-damaged` */
export function parsePaxRecords(block: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  let at = 0;
  while (at < block.length && block[at] !== 0) {
    const space = block.indexOf(0x20, at);
    const digits = space < 0 ? '' : block.toString('latin1', at, Math.min(space, at + 12));
    const length = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = block.indexOf(0x3d, space + 1);
    // GNU tar skips blanks before a key.
    const isBlank = block[space + 1] === 0x20 || block[space + 1] === 0x09;
    if (equals < 0 || equals >= end - 1 || end > block.length || block[end - 1] !== 0x0a || isBlank)
      throw new TerrariumError(
        'tar-damaged',
        'The archive has an extended header of pax that cannot be read.',
        'Get the archive anew, or make it with another program.',
      );
    records.set(block.toString('latin1', space + 1, equals), block.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
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
