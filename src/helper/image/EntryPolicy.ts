/**
 * What becomes of each entry of an archive, and the account of what this privilege cannot keep. Called for
 * every header before tar has it.
 */
import { type SomeFiles, namesTold } from '../../protocol/ownership';
import { TerrariumError } from '../../core/errors';
import { withoutRootId } from '../../core/image/fileCapability';
import { layerNameOf, pathOfEntry, shownName } from '../../core/image/entryName';
import { type NotKept, notKeptLine } from '../../core/image/notKept';
import { aclForms, aclValue, parseAclText, parseAclValue } from '../../core/image/posixAcl';
import type { Verdict } from '../../core/tar/TarReader';
import type { TarEntry } from '../../core/tar/tarEntry';
import type { Removals } from '../../core/image/LayerPlan';
import type { Confinement } from './Confinement';
import { NotKeptLines } from './NotKeptLines';

/** More than any distribution has. */
const maxEntries = 5_000_000;
/** Folders that tar makes for an entry below them: one small entry may have 2000. */
const maxImplied = 2_000_000;

/** Names of xattrs that an ordinary file of a rootfs has, and that mean the same elsewhere. ACLs are beside them. */
const portable = /^(user\.|security\.capability$)/;

export class EntryPolicy {
  entries = 0;
  private implied = 0;
  private last = '';
  readonly setId = new Some();
  readonly owners = new Some();
  readonly devices = new Some();
  readonly xattrs = new Some();
  /** What is not kept, for the file beside the rootfs. */
  private readonly notKept: NotKeptLines;
  private inLayer = false;
  /** Names of devices that are not made: neither are further links to them. */
  private readonly unmade = new Set<string>();

  /** @param file for what is not kept */
  constructor(
    private readonly confinement: Pick<Confinement, 'ids' | 'idCount'>,
    file: string,
  ) {
    this.notKept = new NotKeptLines(file);
  }

  /** @param inLayer whether names can be whiteouts @throws TerrariumError */
  verdict(entry: TarEntry, inLayer: boolean): Verdict {
    const path = pathOfEntry(entry.name);
    this.inLayer = inLayer;
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
    const { kept: xattrs, lost: lostXattrs } = this.sortXattrs(entry);
    const isDevice = entry.type === 'char' || entry.type === 'block';
    const lost: NotKept = {
      owner: this.losesOwner(entry),
      device: isDevice && this.confinement.ids !== 'all',
      xattrs: lostXattrs,
    };
    if (lost.device) this.unmade.add(path);
    if (lost.owner || lost.device || lost.xattrs.length > 0) this.tell(path, entry, lost);
    else this.notKept.replaced(path);
    if (lost.device) return 'drop';
    if (!lost.owner && xattrs === entry.xattrs) return 'keep';
    const { uid, gid } = lost.owner ? { uid: 0, gid: 0 } : entry;
    return { uid, gid, xattrs };
  }

  private linkVerdict(path: string, entry: TarEntry): Verdict {
    const target = pathOfEntry(entry.linkName);
    if (!this.unmade.has(target)) {
      this.notKept.replaced(path);
      return 'keep';
    }
    this.unmade.add(path);
    this.tell(path, entry, { owner: false, device: true, xattrs: [] });
    return 'drop';
  }

  /** @returns `kept` the same as the entry has where all are kept as they are */
  private sortXattrs({ type, xattrs }: TarEntry) {
    const lost: (readonly [string, Buffer])[] = [];
    if (xattrs.size === 0) return { kept: xattrs, lost };
    const kept = new Map<string, Buffer>();
    let changed = false;
    for (const [name, value] of xattrs) {
      const acl = this.aclOf(name, value, type);
      const stays =
        acl ?? (portable.test(name) ? ([name, portableValue(name, value)] as const) : undefined);
      if (stays) kept.set(...stays);
      else lost.push([name, value]);
      changed ||= stays?.[0] !== name || stays[1] !== value;
    }
    return { kept: changed ? kept : xattrs, lost };
  }

  /** @returns the attribute that holds it; undefined where it is none, or one that this privilege cannot set */
  private aclOf(name: string, value: Buffer, type: TarEntry['type']) {
    const form = aclForms.find((names) => names.some((one) => one === name));
    if (!form || type === 'symlink' || (name.endsWith('.default') && type !== 'dir'))
      return undefined;
    const [text, attribute] = form;
    const entries = name === text ? parseAclText(value) : parseAclValue(value);
    const { ids, idCount } = this.confinement;
    const limit = ids === 'all' ? 2 ** 32 - 1 : idCount;
    if (!entries?.every(({ id = 0 }) => id < limit)) return undefined;
    return [attribute, aclValue(entries)] as const;
  }

  private losesOwner({ uid, gid }: TarEntry): boolean {
    const { ids, idCount } = this.confinement;
    return ids !== 'all' && (uid >= idCount || gid >= idCount);
  }

  private tell(path: string, entry: TarEntry, lost: NotKept): void {
    if (lost.owner) this.owners.add(path);
    if (lost.device) this.devices.add(path);
    if (lost.xattrs.length > 0) this.xattrs.add(path);
    this.notKept.add(path, notKeptLine(path, entry, lost), this.inLayer);
  }

  /** A layer takes these away. */
  removed(removals: Removals): void {
    this.notKept.removed(removals);
  }

  /** Writes what is not kept. @param all it is whole */
  save(all = false): Promise<void> {
    return this.notKept.save(all);
  }
}

/** @returns how many folders above an entry are not those of the entry before; in the order of a tree they are few */
function foldersImplied(path: string, before: string): number {
  const parent = path.lastIndexOf('/') + 1;
  // Most entries follow one of the same folder, or the folder itself.
  if (
    parent === 0 ||
    (parent === before.lastIndexOf('/') + 1 && path.startsWith(before.slice(0, parent)))
  )
    return 0;
  let at = 0;
  while (at < path.length && path[at] === before[at]) at++;
  const isBelow = at === before.length && path[at] === '/';
  let count = 0;
  const from = isBelow ? at + 1 : at;
  for (let slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', slash + 1))
    count++;
  return count;
}

function portableValue(name: string, value: Buffer): Buffer {
  return name === 'security.capability' ? withoutRootId(value) : value;
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
