/**
 * What becomes of each entry that tar reads from a rootfs: what it could not hold stands in rootfs.mtree and is
 * given back. Called by readTree.ts for every header.
 */
import { withoutRootId } from '../../core/image/fileCapability';
import { layerNameOf, pathOfEntry } from '../../core/image/entryName';
import { aclForms, aclText, aclValue, parseAclValue } from '../../core/image/posixAcl';
import type { GivenBack, GivenDevice } from '../../core/image/readNotKept';
import type { Verdict } from '../../core/tar/TarReader';
import { encodeEntry } from '../../core/tar/encodeEntry';
import type { TarEntry } from '../../core/tar/tarEntry';
import { Some } from '../image/EntryPolicy';

/** In a user namespace all owners that it has no id for are one (overflowuid, user_namespaces(7)). */
const overflowId = 65534;

export interface GiveBackOptions {
  /** By path; emptied of what is found in the tree. */
  readonly records: Map<string, GivenBack>;
  /** Names of a layer mean something. */
  readonly inLayer: boolean;
  /** Owners are seen through a user namespace. */
  readonly areMapped: boolean;
  /** All files have this one, and devices too. */
  readonly mtime: string | undefined;
}

export class GiveBack {
  entries = 0;
  readonly owners = new Some();
  readonly devices = new Some();
  readonly xattrs = new Some();
  readonly foreignOwners = new Some();
  readonly whiteouts = new Some();
  /** Of those that devices are given back in: which are there as folders. */
  private readonly folders = new Set<string>(['']);
  private readonly wanted = new Set<string>();

  constructor(private readonly options: GiveBackOptions) {
    for (const [path, { device }] of options.records) if (device) this.wanted.add(parentOf(path));
  }

  verdict(entry: TarEntry): Verdict {
    const path = pathOfEntry(entry.name);
    this.entries++;
    if (this.options.inLayer && layerNameOf(path).kind !== 'entry') {
      this.whiteouts.add(path);
      return 'drop';
    }
    if (entry.type === 'dir' && this.wanted.has(path)) this.folders.add(path);
    const record = this.options.records.get(path);
    this.options.records.delete(path);
    // A file in the place of a device is somebody's since: it stays as it is.
    return entry.type === 'link'
      ? 'keep'
      : this.judge(path, entry, record?.device ? undefined : record);
  }

  private judge(path: string, entry: TarEntry, record: GivenBack | undefined): Verdict {
    const { areMapped } = this.options;
    const isForeign = areMapped && (entry.uid === overflowId || entry.gid === overflowId);
    const owner = record?.owner ?? (isForeign ? { uid: 0, gid: 0 } : undefined);
    if (record?.owner) this.owners.add(path);
    else if (isForeign) this.foreignOwners.add(path);
    const own = inArchiveForm(entry.xattrs, this.options.inLayer);
    const given = record?.xattrs ?? new Map<string, Buffer>();
    if (given.size > 0) this.xattrs.add(path);
    if (owner === undefined && given.size === 0 && own === entry.xattrs) return 'keep';
    return { ...owner, xattrs: new Map([...given, ...own]) };
  }

  /** The devices that the tree could not hold, as entries of the archive; those whose folder has gone are too. */
  *left(): Generator<Buffer> {
    // Links follow what they are further names of.
    const made = new Set<string>();
    const left = [...this.options.records].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const isLink of [false, true])
      for (const [path, record] of left) {
        const { device } = record;
        if (device === undefined || (device.type === 'link') !== isLink) continue;
        if (!this.folders.has(parentOf(path))) continue;
        if (device.type === 'link' && !made.has(device.target)) continue;
        made.add(path);
        this.entries++;
        this.devices.add(path);
        yield this.encode(path, record, device);
      }
  }

  private encode(path: string, { owner, xattrs }: GivenBack, device: GivenDevice): Buffer {
    const { mtime } = this.options;
    const name = inArchive(path);
    if (device.type === 'link')
      return encodeEntry({ name, type: 'link', mode: 0, linkName: inArchive(device.target) });
    return encodeEntry({ name, ...owner, ...device, xattrs, mtime: mtime ?? device.mtime });
  }
}

/**
 * What an archive has for what an inode has: a file capability of no certain user namespace, and ACLs as text, as tar
 * has them; in a layer as the attribute, which is all that image tools take.
 * @returns the same where nothing is to be changed
 */
function inArchiveForm(
  xattrs: ReadonlyMap<string, Buffer>,
  inLayer: boolean,
): ReadonlyMap<string, Buffer> {
  const changed = new Map<string, Buffer>();
  for (const [name, value] of xattrs) {
    const form = aclForms.find(([, attribute]) => attribute === name);
    const acl = form && parseAclValue(value);
    if (name === 'security.capability') changed.set(name, withoutRootId(value));
    else if (acl && inLayer) changed.set(name, sameOr(value, aclValue(acl)));
    else if (form && acl) changed.set(form[0], aclText(acl));
    else changed.set(name, value);
  }
  const isSame = [...changed].every(([name, value]) => xattrs.get(name) === value);
  return isSame ? xattrs : changed;
}

function sameOr(value: Buffer, other: Buffer): Buffer {
  return value.equals(other) ? value : other;
}

/** As tar has named the others. */
function inArchive(path: string): Buffer {
  return Buffer.from(`./${path}`, 'latin1');
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
