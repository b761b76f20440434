/**
 * Reads a tar archive in pieces as they come, asks about each entry, and passes on the bytes of those that
 * are kept: unchanged where nothing is to be changed in them. It makes no file. Used by helper/image.
 *
 * It understands what GNU tar does: ustar, pax, long names, base-256 numbers, sparse files of both kinds.
 * Its memory does not grow with the archive.
 */
import { TerrariumError } from '../errors';
import { SparseMap } from './SparseMap';
import { type PaxRecords, encodePaxRecords, parsePaxRecords } from './paxRecords';
import { type TarEntry, hasContent, isXattrRecord, tarEntryOf, xattrRecord } from './tarEntry';
import {
  type TarHeader,
  blockSize,
  damaged,
  isZeroBlock,
  parseTarHeader,
  paxHeader,
  withOwner,
} from './tarHeader';

/** What becomes of an entry. */
export type Verdict = 'keep' | 'drop' | EntryChange;

export interface EntryChange {
  readonly uid?: number;
  readonly gid?: number;
  readonly xattrs?: ReadonlyMap<string, Buffer>;
}

export interface TarReaderOptions {
  /** @throws what ends the reading */
  readonly onEntry: (entry: TarEntry) => Verdict;
  /** Called with the bytes of what is kept, in their order; without the mark of the end. */
  readonly pass?: (bytes: Buffer) => void;
}

/** Of one extended header or long name, in bytes: XATTR_SIZE_MAX, a few times. */
const maxMeta = 4 * 1024 * 1024;
/** Of all global headers, in bytes: each entry that follows gets their records. */
const maxGlobal = 64 * 1024;

export class TarReader {
  /** Less than a block, from the end of the piece before. */
  private partial = Buffer.alloc(0);
  /** Bytes of content and padding that are still to come. */
  private left = 0;
  private passes = false;
  private meta: { type: string; size: number; parts: Buffer[] } | undefined;
  /** More blocks of the map of an old sparse file follow; then the content. */
  private mapGoesOn = false;
  private afterMap = 0;
  /** Of the entry at hand. */
  private sparse: SparseMap | undefined;
  /** Blocks before the header of the entry that they belong to: those of earlier pieces. */
  private held: Buffer[] = [];
  /** Of the piece at hand, where such blocks begin; -1 where none do. They end where the next block begins. */
  private heldAt = -1;
  private heldTypes = '';
  private global: PaxRecords = new Map();
  private globalSize = 0;
  private local = new Map<string, Buffer>();
  private longName: Buffer | undefined;
  private longLink: Buffer | undefined;
  /** Of the piece at hand, from here on what passes has not been passed. */
  private from = 0;

  /** Of the piece at hand, its place in the archive. */
  private base = 0;
  private pushed = 0;

  /** The mark of the end was read: what follows is no part of the archive. */
  ended = false;

  constructor(private readonly options: TarReaderOptions) {}

  /** @throws TerrariumError `tar-damaged`, `tar-unsupported`, what `onEntry` throws */
  push(piece: Buffer): void {
    if (this.ended) return;
    const bytes = this.partial.length > 0 ? Buffer.concat([this.partial, piece]) : piece;
    this.base = this.pushed - this.partial.length;
    this.pushed += piece.length;
    this.partial = Buffer.alloc(0);
    let at = 0;
    this.from = this.passes && (this.left > 0 || this.mapGoesOn) ? 0 : -1;
    this.heldAt = this.meta && this.meta.type !== 'g' ? 0 : -1;
    while (at < bytes.length && !this.ended) {
      if (this.left > 0) {
        at = this.skip(bytes, at);
        continue;
      }
      if (bytes.length - at < blockSize) break;
      this.block(bytes, at);
      at += blockSize;
    }
    this.holdUntil(bytes, at);
    this.flush(bytes, at);
    if (!this.ended && at < bytes.length) this.partial = Buffer.from(bytes.subarray(at));
  }

  /**
   * For an archive that can be read from any place: how much of it comes next that nobody asked for. The
   * caller does not push it.
   */
  skipContent(): number {
    if (this.meta || this.passes || this.mapGoesOn) return 0;
    const skipped = this.left;
    this.left = 0;
    this.pushed += skipped;
    return skipped;
  }

  /** @throws TerrariumError `tar-truncated` */
  end(): void {
    if (this.ended) return;
    if (this.left > 0 || this.partial.length > 0 || this.heldTypes !== '' || this.mapGoesOn)
      throw new TerrariumError(
        'tar-truncated',
        'The archive ends in the middle of an entry.',
        'It is not whole: get it anew.',
      );
  }

  private skip(bytes: Buffer, at: number): number {
    const taken = Math.min(this.left, bytes.length - at);
    this.left -= taken;
    if (this.meta) {
      const part = bytes.subarray(at, at + taken);
      if (this.left === 0) this.endMeta(this.meta, part);
      else this.meta.parts.push(Buffer.from(part));
    }
    this.sparse?.content(bytes.subarray(at, at + taken));
    if (this.left === 0) this.endSparse();
    return at + taken;
  }

  private block(bytes: Buffer, at: number): void {
    if (this.mapGoesOn) {
      const block = bytes.subarray(at, at + blockSize);
      this.sparse?.extend(block);
      this.mapGoesOn = block[504] !== 0;
      if (!this.mapGoesOn) this.left = this.afterMap;
      return;
    }
    if (isZeroBlock(bytes, at)) {
      if (this.heldTypes !== '') throw damaged('ends after an extended header');
      this.flush(bytes, at);
      this.ended = true;
      return;
    }
    const header = parseTarHeader(bytes, at);
    if ('xgXLK'.includes(header.type)) this.startMeta(header, bytes, at);
    else if (header.type === 'V') this.startDropped(bytes, at, header.size);
    else this.startEntry(header, bytes, at);
  }

  private startMeta(header: TarHeader, bytes: Buffer, at: number): void {
    const { type, size } = header;
    if (size > maxMeta) throw damaged(`has an extended header of ${size} bytes`);
    this.requireFirst(type === 'X' ? 'x' : type);
    if (type === 'g') {
      this.holdUntil(bytes, at);
      this.flush(bytes, at);
    } else if (this.heldAt < 0) this.heldAt = at;
    this.passes = false;
    this.meta = { type, size, parts: [] };
    this.left = padded(size);
    if (this.left === 0) this.endMeta(this.meta, Buffer.alloc(0));
  }

  /** Of two for one entry GNU tar takes the last. */
  private requireFirst(type: string): void {
    if (this.heldTypes.includes(type)) throw damaged('has two extended headers for one entry');
    if (type !== 'g') this.heldTypes += type;
  }

  /** @param last of its parts */
  private endMeta({ type, size, parts }: NonNullable<typeof this.meta>, last: Buffer): void {
    this.meta = undefined;
    const whole = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    const content = whole.subarray(0, size);
    if (type === 'g') {
      const records = parsePaxRecords(Buffer.from(content));
      records.delete('comment');
      this.global = new Map([...this.global, ...records]);
      this.globalSize += size;
      if (this.globalSize > maxGlobal) throw damaged('has global headers that are too large');
      return;
    }
    if (type === 'L') this.longName = untilNul(content);
    else if (type === 'K') this.longLink = untilNul(content);
    else parsePaxRecords(content, this.local);
  }

  private startDropped(bytes: Buffer, at: number, size: number): void {
    this.stopPassing(bytes, at);
    this.forgetHeld();
    this.left = padded(size);
  }

  private startEntry(header: TarHeader, bytes: Buffer, at: number): void {
    const { longName, longLink } = this;
    const records = this.global.size === 0 ? this.local : new Map([...this.global, ...this.local]);
    const entry = tarEntryOf(header, records, { longName, longLink }, this.base + at + blockSize);
    const verdict = this.options.onEntry(entry);
    const block = bytes.subarray(at, at + blockSize);
    const change = typeof verdict === 'string' ? undefined : verdict;
    if (verdict === 'drop') this.stopPassing(bytes, at);
    else if (change || this.global.size > 0) {
      this.stopPassing(bytes, at);
      this.passChanged(block, entry, records, change ?? {});
      this.from = at + blockSize;
    } else {
      for (const part of this.held) this.options.pass?.(part);
      if (this.from < 0) this.from = this.heldAt < 0 ? at : this.heldAt;
    }
    this.passes = verdict !== 'drop';
    this.forgetHeld();
    this.left = hasContent(header.type) ? padded(entry.size) : 0;
    this.sparse = verdict === 'drop' ? undefined : SparseMap.of(header, block, records, this.left);
    this.mapGoesOn = header.isExtended;
    this.afterMap = this.left;
    if (this.mapGoesOn) this.left = 0;
    else if (this.left === 0) this.endSparse();
  }

  private endSparse(): void {
    this.sparse?.end();
    this.sparse = undefined;
  }

  /** The piece ends, or what is none of them follows: what points into it is copied. */
  private holdUntil(bytes: Buffer, at: number): void {
    if (this.heldAt < 0) return;
    this.flush(bytes, this.heldAt);
    this.held.push(Buffer.from(bytes.subarray(this.heldAt, at)));
    this.heldAt = -1;
    for (const [key, value] of this.local) this.local.set(key, Buffer.from(value));
    this.longName &&= Buffer.from(this.longName);
    this.longLink &&= Buffer.from(this.longLink);
  }

  private forgetHeld(): void {
    if (this.heldTypes === '') return;
    this.held = [];
    this.heldAt = -1;
    this.heldTypes = '';
    this.local = new Map();
    this.longName = this.longLink = undefined;
  }

  private passChanged(block: Buffer, entry: TarEntry, records: PaxRecords, change: EntryChange) {
    const { uid = entry.uid, gid = entry.gid, xattrs = entry.xattrs } = change;
    const all = new Map([...records].filter(([key]) => !isXattrRecord(key)));
    if (this.longName && !all.has('path')) all.set('path', this.longName);
    if (this.longLink && !all.has('linkpath')) all.set('linkpath', this.longLink);
    for (const [key, value] of xattrs) all.set(xattrRecord(key), value);
    all.set('uid', Buffer.from(String(uid)));
    all.set('gid', Buffer.from(String(gid)));
    const content = encodePaxRecords(all);
    const padding = Buffer.alloc(padded(content.length) - content.length);
    for (const part of [paxHeader(content.length), content, padding]) this.options.pass?.(part);
    this.options.pass?.(withOwner(block, { uid: uid % 0o10000000, gid: gid % 0o10000000 }));
  }

  private stopPassing(bytes: Buffer, at: number): void {
    this.flush(bytes, this.heldAt < 0 ? at : this.heldAt);
    this.passes = false;
  }

  private flush(bytes: Buffer, at: number): void {
    if (this.from >= 0 && at > this.from) this.options.pass?.(bytes.subarray(this.from, at));
    this.from = -1;
  }
}

function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

function untilNul(text: Buffer): Buffer {
  const end = text.indexOf(0);
  return end < 0 ? text : text.subarray(0, end);
}
