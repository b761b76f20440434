/**
 * What becomes of each entry of an archive, and the account of what this privilege cannot keep. Called for
 * every header before tar has it.
 */
import { appendFile } from 'node:fs/promises';
import { type SomeFiles, namesTold } from '../../protocol/ownership';
import { TerrariumError } from '../../core/errors';
import { withoutRootId } from '../../core/image/fileCapability';
import { layerNameOf, pathOfEntry, shownName } from '../../core/image/entryName';
import { type NotKept, notKeptHeader, notKeptLine } from '../../core/image/notKept';
import type { Verdict } from '../../core/tar/TarReader';
import type { TarEntry } from '../../core/tar/tarEntry';
import type { Confinement } from './Confinement';

/** More than any distribution has. */
const maxEntries = 5_000_000;
/** Folders that tar makes for an entry below them: one small entry may have 2000. */
const maxImplied = 2_000_000;
/** Lines for the file are gathered up to so many characters. */
const enough = 256 * 1024;

/** Names of xattrs that an ordinary file of a rootfs has, and that mean the same elsewhere. */
const portable = /^(user\.|security\.capability$)/;

export class EntryPolicy {
  entries = 0;
  private implied = 0;
  private last = '';
  readonly setId = new Some();
  readonly owners = new Some();
  readonly devices = new Some();
  readonly xattrs = new Some();
  private lines: string[] = [];
  private lineSize = 0;
  /** Names of devices that are not made: neither are further links to them. */
  private readonly unmade = new Set<string>();

  /** @param file for what is not kept */
  constructor(
    private readonly confinement: Pick<Confinement, 'ids' | 'idCount'>,
    private readonly file: string,
  ) {}

  /** @param inLayer whether names can be whiteouts @throws TerrariumError */
  verdict(entry: TarEntry, inLayer: boolean): Verdict {
    const path = pathOfEntry(entry.name);
    this.implied += foldersImplied(path, this.last);
    this.last = path;
    if (++this.entries > maxEntries || this.implied > maxImplied)
      throw new TerrariumError(
        'too-many-entries',
        `The archive has more than ${maxEntries} entries, or ${maxImplied} folders without one.`,
        'No root filesystem has so many. Unpack it by hand if you trust it.',
      );
    if (inLayer && layerNameOf(path).kind !== 'entry') return 'drop';
    if (path === '' && entry.type !== 'dir')
      throw new TerrariumError(
        'entry-outside',
        'The archive has something else than a folder in the place of the root.',
        'No archive of a root filesystem has such an entry. Do not use it.',
      );
    if (entry.type === 'link') return this.linkVerdict(path, entry);
    this.unmade.delete(path);
    if (entry.type === 'file' && (entry.mode & 0o6000) !== 0) this.setId.add(path);
    return this.judge(path, entry);
  }

  private judge(path: string, entry: TarEntry): Verdict {
    const isDevice = entry.type === 'char' || entry.type === 'block';
    const lost: NotKept = {
      owner: this.losesOwner(entry),
      device: isDevice && this.confinement.ids !== 'all',
      xattrs: [...entry.xattrs].filter(([name]) => !portable.test(name)),
    };
    if (lost.device) this.unmade.add(path);
    const xattrs = keptXattrs(entry.xattrs);
    if (lost.owner || lost.device || lost.xattrs.length > 0) this.tell(path, entry, lost);
    if (lost.device) return 'drop';
    if (!lost.owner && xattrs === entry.xattrs) return 'keep';
    const { uid, gid } = lost.owner ? { uid: 0, gid: 0 } : entry;
    return { uid, gid, xattrs };
  }

  private linkVerdict(path: string, entry: TarEntry): Verdict {
    const target = pathOfEntry(entry.linkName);
    if (!this.unmade.has(target)) return 'keep';
    this.unmade.add(path);
    this.tell(path, entry, { owner: false, device: true, xattrs: [] });
    return 'drop';
  }

  private losesOwner({ uid, gid }: TarEntry): boolean {
    const { ids, idCount } = this.confinement;
    return ids !== 'all' && (uid >= idCount || gid >= idCount);
  }

  private tell(path: string, entry: TarEntry, lost: NotKept): void {
    if (lost.owner) this.owners.add(path);
    if (lost.device) this.devices.add(path);
    if (lost.xattrs.length > 0) this.xattrs.add(path);
    const line = notKeptLine(path, entry, lost);
    if (this.lines.length === 0 && !this.hasFile) this.lines.push(notKeptHeader);
    this.lines.push(line);
    this.lineSize += line.length;
  }

  private hasFile = false;

  /** Writes what was gathered. @param all also where it is little */
  async save(all = false): Promise<void> {
    if (this.lineSize === 0 || (!all && this.lineSize < enough)) return;
    const text = this.lines.join('');
    this.lines = [];
    this.lineSize = 0;
    this.hasFile = true;
    await appendFile(this.file, text, 'latin1');
  }
}

/** @returns how many folders above an entry are not those of the entry before; in the order of a tree they are few */
function foldersImplied(path: string, before: string): number {
  let at = 0;
  while (at < path.length && path[at] === before[at]) at++;
  const isBelow = at === before.length && path[at] === '/';
  let count = 0;
  const from = isBelow ? at + 1 : at;
  for (let slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', slash + 1))
    count++;
  return count;
}

/** @returns the same where all are kept as they are */
function keptXattrs(xattrs: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  let changed = false;
  const kept = new Map<string, Buffer>();
  for (const [name, value] of xattrs) {
    const now = name === 'security.capability' ? withoutRootId(value) : value;
    const stays = portable.test(name);
    if (stays) kept.set(name, now);
    if (!stays || now !== value) changed = true;
  }
  return changed ? kept : xattrs;
}

/** A count, and the first names. */
export class Some {
  private count = 0;
  private readonly names: string[] = [];

  add(path: string): void {
    if (++this.count <= namesTold) this.names.push(`/${path === '' ? '' : shownName(path)}`);
  }

  get told(): SomeFiles {
    return { count: this.count, names: [...this.names] };
  }
}
