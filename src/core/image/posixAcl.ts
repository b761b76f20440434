/**
 * POSIX ACLs (acl(5)) in the two forms that travel: text in an archive, as GNU tar and bsdtar write it, and the value
 * of the extended attribute that holds it on Linux (posix_acl_xattr.h). Pure; used by helper/image and helper/export.
 */

/** Of `TarEntry.xattrs`: the text of an archive, and the attribute. */
export const aclForms = [
  ['SCHILY.acl.access', 'system.posix_acl_access'],
  ['SCHILY.acl.default', 'system.posix_acl_default'],
] as const;

export interface AclEntry {
  readonly tag: (typeof tags)[number]['tag'];
  /** rwx as in a mode. */
  readonly perm: number;
  /** Of a named user or group. */
  readonly id?: number;
}

/** In the order that the kernel asks for (posix_acl_valid). */
const tags = [
  { tag: 'user', word: 'user', isNamed: false, code: 0x01 },
  { tag: 'namedUser', word: 'user', isNamed: true, code: 0x02 },
  { tag: 'group', word: 'group', isNamed: false, code: 0x04 },
  { tag: 'namedGroup', word: 'group', isNamed: true, code: 0x08 },
  { tag: 'mask', word: 'mask', isNamed: false, code: 0x10 },
  { tag: 'other', word: 'other', isNamed: false, code: 0x20 },
] as const;

const version = 2;
const [headSize, entrySize] = [4, 8];
/** What has no id. */
const noId = 0xffffffff;
/** More than an inode of any file system holds. */
const maxEntries = 8192;

/** @returns undefined where it is none, or names somebody by a name alone: who that is depends on the machine */
export function parseAclText(text: Buffer): AclEntry[] | undefined {
  const lines = text
    .toString('latin1')
    .replace(/\0+$/, '')
    .split(/[\n,]/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  if (lines.length > maxEntries) return undefined;
  const entries: AclEntry[] = [];
  for (const line of lines) {
    // bsdtar writes the id behind the permissions.
    const [, letter, name = '', letters = '', id = name] =
      /^([ugmo])(?:ser|roup|ask|ther)?:([^:]*):([r-][w-][x-])(?::(\d*))?$/.exec(line) ?? [];
    const known = tags.find(
      ({ word, isNamed }) => word.startsWith(letter ?? ' ') && isNamed === (name !== ''),
    );
    if (known === undefined) return undefined;
    const perm = [...'rwx'].reduce((sum, one) => sum * 2 + (letters.includes(one) ? 1 : 0), 0);
    if (!known.isNamed) entries.push({ tag: known.tag, perm });
    else if (/^\d{1,10}$/.test(id) && Number(id) < noId)
      entries.push({ tag: known.tag, perm, id: Number(id) });
    else return undefined;
  }
  return isWhole(entries) ? inOrder(entries) : undefined;
}

/** @returns undefined where it is none */
export function parseAclValue(value: Buffer): AclEntry[] | undefined {
  const count = (value.length - headSize) / entrySize;
  if (!Number.isInteger(count) || count > maxEntries || value.length < headSize) return undefined;
  if (value.readUInt32LE(0) !== version) return undefined;
  const entries: AclEntry[] = [];
  for (let at = headSize; at < value.length; at += entrySize) {
    const known = tags.find(({ code }) => code === value.readUInt16LE(at));
    const perm = value.readUInt16LE(at + 2);
    if (known === undefined || perm > 7) return undefined;
    entries.push({
      ...{ tag: known.tag, perm },
      ...(known.isNamed ? { id: value.readUInt32LE(at + 4) } : {}),
    });
  }
  return isWhole(entries) ? inOrder(entries) : undefined;
}

/** A user namespace shows ids that it does not have as one that nobody has: such entries are left out. */
export function aclValue(all: readonly AclEntry[]): Buffer {
  const entries = all.filter(({ id }) => id !== noId);
  const value = Buffer.alloc(headSize + entries.length * entrySize);
  value.writeUInt32LE(version, 0);
  for (const [index, { tag, perm, id = noId }] of entries.entries()) {
    const at = headSize + index * entrySize;
    value.writeUInt16LE(tags.find((one) => one.tag === tag)!.code, at);
    value.writeUInt16LE(perm, at + 2);
    value.writeUInt32LE(id, at + 4);
  }
  return value;
}

/**
 * With ids, as `tar --acls --numeric-owner` writes it; without those that `aclValue` leaves out.
 */
export function aclText(entries: readonly AclEntry[]): Buffer {
  const known = entries.filter(({ id }) => id !== noId);
  const lines = known.map(({ tag, perm, id }) => {
    const { word } = tags.find((one) => one.tag === tag)!;
    const letters = [...'rwx'].map((one, at) => ((perm >> (2 - at)) & 1 ? one : '-')).join('');
    return `${word}:${id ?? ''}:${letters}\n`;
  });
  return Buffer.from(lines.join(''), 'latin1');
}

/** Those three are in every one, and a mask where somebody is named. */
function isWhole(entries: readonly AclEntry[]): boolean {
  const count = (tag: AclEntry['tag']) => entries.filter((entry) => entry.tag === tag).length;
  const isNamed = count('namedUser') + count('namedGroup') > 0;
  return (
    (['user', 'group', 'other'] as const).every((tag) => count(tag) === 1) &&
    count('mask') <= 1 &&
    (!isNamed || count('mask') === 1)
  );
}

function inOrder(entries: readonly AclEntry[]): AclEntry[] {
  return tags.flatMap(({ tag }) => entries.filter((entry) => entry.tag === tag));
}
