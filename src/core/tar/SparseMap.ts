/**
 * How much content the map of a sparse file promises. GNU tar reads what the map says, whatever the size of the entry
 * is: with a larger one it would take headers for content that the reader has seen as entries, and the other way
 * round. Pure; used by TarReader.ts.
 */
import type { PaxRecords } from './paxRecords';
import { type TarHeader, blockSize, damaged, numberAt } from './tarHeader';

/** Of one number and its newline in a map of version 1.0, in characters. */
const maxDigits = 20;

export class SparseMap {
  private promised = 0;
  /** Of version 1.0, whose map begins the content: the number that is being read. */
  private digits = '';
  private read = 0;
  private numbers: number | undefined;
  private seen = 0;
  private isWhole: boolean;

  private constructor(
    private readonly size: number,
    isInContent: boolean,
  ) {
    this.isWhole = !isInContent;
  }

  /** @param size of the content, with its padding @returns undefined where the entry is not sparse */
  static of(
    header: TarHeader,
    block: Buffer,
    records: PaxRecords,
    size: number,
  ): SparseMap | undefined {
    if (header.type !== 'S' && !hasSparseRecord(records)) return undefined;
    const record = (key: string) => records.get(`GNU.sparse.${key}`)?.toString('latin1');
    if (record('offset') !== undefined || record('numbytes') !== undefined)
      throw damaged('has a sparse file in a form that only GNU tar 1.14 wrote');
    if (header.type === 'S') {
      const map = new SparseMap(size, false);
      map.addRegions(block, 386, 4);
      if (!header.isExtended) map.check();
      return map;
    }
    if (/^[1-9]/.test(record('major') ?? '')) return new SparseMap(size, true);
    const text = record('map');
    if (text === undefined) return undefined;
    const map = new SparseMap(size, false);
    const numbers = text.split(',');
    if (numbers.length % 2 !== 0) throw damaged('has a sparse file with half of a region');
    for (let at = 1; at < numbers.length; at += 2) map.add(numberOf(numbers[at]!));
    map.check();
    return map;
  }

  /** A further block of the map of GNU tar's old form. */
  extend(block: Buffer): void {
    this.addRegions(block, 0, 21);
    if (block[504] === 0) this.check();
  }

  /** @param bytes of the content, in their order; without its padding */
  content(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.isWhole; at++) {
      this.read++;
      if (bytes[at] !== 0x0a) {
        this.digits += String.fromCharCode(bytes[at]!);
        if (this.digits.length > maxDigits) throw damaged('has a sparse file without a map');
        continue;
      }
      const number = numberOf(this.digits);
      this.digits = '';
      if (this.numbers === undefined) this.numbers = number * 2;
      else if (++this.seen % 2 === 0) this.add(number);
      if (this.seen < this.numbers) continue;
      this.isWhole = true;
      this.promised += padded(this.read);
      this.check();
    }
  }

  /** The entry is over. */
  end(): void {
    if (!this.isWhole) throw damaged('has a sparse file whose map is not whole');
  }

  private addRegions(block: Buffer, start: number, count: number): void {
    for (let at = 0; at < count; at++) this.add(numberAt(block, start + at * 24 + 12, 12));
  }

  private add(numbytes: number): void {
    this.promised += padded(numbytes);
  }

  private check(): void {
    if (this.promised > this.size) throw damaged('has a sparse file with a map larger than itself');
  }
}

function hasSparseRecord(records: PaxRecords): boolean {
  for (const key of records.keys()) if (key.startsWith('GNU.sparse.')) return true;
  return false;
}

function numberOf(text: string): number {
  if (!/^\d{1,16}$/.test(text)) throw damaged('has a sparse file with a map that is none');
  return Number(text);
}

function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}
