/**
 * Goes over a rootfs in the order of a baseline, while another process may change it: each folder is held by a
 * descriptor, no link is followed, and no other mount is gone into. Waits for the file system, in a process of its own.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  opendirSync,
  readSync,
  readlinkSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { codeOf } from '../../core/fs/codeOf';
import { type Identity, below, holdSync, identify } from '../../core/fs/heldFolders';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import type { FileLetter } from '../../protocol/layer';
import { deepest, isAtOrBelow, longestPath, mostEntries, tooLarge } from './entry';

export interface Walked {
  /** As that of an `Entry`. */
  readonly path: string;
  readonly type: FileLetter;
  readonly stat: BigIntStats;
  /** Target of a link. */
  readonly link: string | undefined;
  /** A folder that cannot be looked into, or where something is mounted. */
  readonly isClosed: boolean;
  /** Whether that user may read it, by the modes on the way. */
  isReadableBy(uid: number): boolean;
  /** Of a regular file, now. @returns undefined where it cannot be read, or is none any more */
  read(): Content | undefined;
}

export interface Content {
  readonly sha256: string;
  readonly size: number;
  /** All of it, where it is short and no NUL is in it. */
  readonly text: Buffer | undefined;
}

/** Of one file, in bytes; of all of them. What is larger is not read. */
const [mostRead, mostReadInAll] = [256 * 1024 ** 2, 64 * 1024 ** 3];
/** In bytes. */
export const longestText = 64 * 1024;

const block = Buffer.alloc(1024 ** 2);

interface Level {
  readonly fd: number;
  readonly path: string;
  readonly names: readonly string[];
  at: number;
  /** Who may go into it: everybody, or some alone. */
  readonly isSearchableBy: (uid: number) => boolean;
}

export class SortedWalk {
  #seen = 0;
  #read = 0;

  /**
   * @param rootfs absolute real path
   * @param places relative paths; only these, what lies below them and the folders on the way are told
   */
  constructor(
    private readonly rootfs: string,
    private readonly places?: readonly string[],
  ) {}

  /**
   * What disappears meanwhile is left out.
   * @throws TerrariumError `baseline-too-large`, `folder-moved`; what the kernel says
   */
  async *entries(): AsyncGenerator<Walked> {
    const top = await openDirectoryNoFollow(this.rootfs);
    const levels: Level[] = [];
    try {
      const identity = await identify(top);
      const first = this.#look({ top, identity }, Buffer.from('.'), '.', () => true);
      if (!first) return;
      yield first.walked;
      if (first.level) levels.push(first.level);
      for (let level = levels.at(-1); level; level = levels.at(-1)) {
        const name = level.names[level.at++];
        if (name === undefined) {
          levels.pop();
          closeSync(level.fd);
          continue;
        }
        const path = level.path === '.' ? name : `${level.path}/${name}`;
        if (levels.length > deepest || path.length > longestPath || ++this.#seen > mostEntries)
          throw tooLarge(this.rootfs);
        const place = { top: level, identity };
        const found = this.#look(place, Buffer.from(name, 'latin1'), path, level.isSearchableBy);
        if (!found) continue;
        if (found.level) levels.push(found.level);
        yield found.walked;
      }
    } finally {
      for (const { fd } of levels) closeSync(fd);
      await top.close();
    }
  }

  #look(
    { top, identity }: { readonly top: { readonly fd: number }; readonly identity: Identity },
    name: Buffer,
    path: string,
    isSearchableBy: (uid: number) => boolean,
  ): { readonly walked: Walked; readonly level?: Level } | undefined {
    const seen = unlessGone(() => lstatSync(below(top, name), { bigint: true }));
    if (!seen) return undefined;
    const told = (stat: BigIntStats, isClosed: boolean, link?: string): Walked => ({
      ...{ path, type: letterOf(stat), stat, link, isClosed },
      isReadableBy: (uid) => isSearchableBy(uid) && mayBy(stat, uid, 4n),
      read: () => this.#contentOf(top, name, stat, identity),
    });
    if (seen.isSymbolicLink()) {
      const link = unlessGone(() => readlinkSync(below(top, name), 'latin1'));
      return link === undefined ? undefined : { walked: told(seen, false, link) };
    }
    if (!seen.isDirectory()) return { walked: told(seen, false) };
    const fd = unlessGone(() => held(top, name, identity));
    if (fd === 'mounted') return { walked: told(seen, true) };
    if (fd === undefined) return undefined;
    let isKept = false;
    try {
      const stat = fstatSync(fd, { bigint: true });
      if (!stat.isDirectory()) return undefined; // it was one
      const names = this.#namesOf(fd, path);
      if (!names) return { walked: told(stat, true) };
      isKept = true;
      const inside = (uid: number) => isSearchableBy(uid) && mayBy(stat, uid, 1n);
      const level = { fd, path, names, at: 0, isSearchableBy: inside };
      return { walked: told(stat, false), level };
    } finally {
      if (!isKept) closeSync(fd);
    }
  }

  /** @returns undefined where it may not be looked into */
  #namesOf(fd: number, path: string): string[] | undefined {
    try {
      lstatSync(`${pathOf({ fd })}/.`); // EACCES: names alone say nothing
      const wanted = this.#wantedIn(path);
      if (wanted) return wanted.sort();
      const names: string[] = [];
      // A name need not be UTF-8.
      const entries = opendirSync(pathOf({ fd }), {
        encoding: 'latin1',
        bufferSize: 256,
      });
      try {
        for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
          names.push(entry.name);
          if (names.length > mostEntries) throw tooLarge(this.rootfs);
        }
      } finally {
        entries.closeSync();
      }
      return names.sort();
    } catch (error) {
      if (codeOf(error) !== 'EACCES') throw error;
      return undefined;
    }
  }

  /** @returns undefined for all that are in it */
  #wantedIn(path: string): string[] | undefined {
    if (!this.places || this.places.some((place) => isAtOrBelow(path, place))) return undefined;
    const before = path === '.' ? '' : `${path}/`;
    const inside = this.places.filter((place) => place.startsWith(before));
    return [...new Set(inside.map((place) => place.slice(before.length).split('/')[0]!))];
  }

  #contentOf(
    folder: { readonly fd: number },
    name: Buffer,
    { dev, ino, size }: BigIntStats,
    identity: Identity,
  ): Content | undefined {
    if (size > mostRead || this.#read + Number(size) > mostReadInAll) return undefined;
    const fds: number[] = [];
    try {
      // Merely opening a device may do something, and a pipe waits: it is looked at first.
      fds.push(holdSync(folder, name, identity));
      const stat = fstatSync(fds[0]!, { bigint: true });
      if (!stat.isFile() || stat.dev !== dev || stat.ino !== ino) return undefined;
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
      fds.push(openSync(pathOf({ fd: fds[0]! }), flags));
      return this.#readAll(fds[1]!);
    } catch (error) {
      // EAGAIN: its owner has a lease on it. EIO: of the disk.
      const codes = ['EACCES', 'EAGAIN', 'EIO', 'ELOOP', 'ENOENT', 'EPERM', 'mounted-below'];
      if (!codes.includes(codeOf(error) ?? '')) throw error;
      return undefined;
    } finally {
      fds.forEach((fd) => closeSync(fd));
    }
  }

  #readAll(fd: number): Content | undefined {
    const hash = createHash('sha256');
    let size = 0;
    let text: Buffer | undefined;
    for (let length; (length = readSync(fd, block, 0, block.length, size)) > 0;) {
      const part = block.subarray(0, length);
      hash.update(part);
      if (size === 0 && length <= longestText && !part.includes(0)) text = Buffer.from(part);
      else text = undefined; // it has grown, or is none
      size += length;
      if (size > mostRead) return undefined;
    }
    this.#read += size;
    return { sha256: hash.digest('hex'), size, text: size === 0 ? Buffer.alloc(0) : text };
  }
}

/** @throws what open(2) says */
function held(folder: { readonly fd: number }, name: Buffer, identity: Identity) {
  try {
    return holdSync(folder, name, identity);
  } catch (error) {
    if (codeOf(error) === 'mounted-below') return 'mounted';
    throw error;
  }
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EINVAL', 'ELOOP', 'EACCES'].includes(codeOf(error) ?? ''))
      throw error;
    return undefined; // removed, something else by now, or in a folder that was closed meanwhile
  }
}

function letterOf(stat: BigIntStats): FileLetter {
  if (stat.isFile()) return 'f';
  if (stat.isDirectory()) return 'd';
  if (stat.isSymbolicLink()) return 'l';
  if (stat.isCharacterDevice()) return 'c';
  if (stat.isBlockDevice()) return 'b';
  return stat.isFIFO() ? 'p' : 's';
}

/** As its owner, or as everybody: a group does not count. */
function mayBy({ mode, uid }: BigIntStats, who: number, bit: bigint): boolean {
  return (mode & bit) !== 0n || (uid === BigInt(who) && (mode & (bit << 6n)) !== 0n);
}
