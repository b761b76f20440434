/**
 * What a baseline has of a file's extended attributes (xattr(7)), access control lists and file capabilities: one digest,
 * which is the same for whoever reads them. Used by markBaseline.ts and compareBaseline.ts.
 */
import { createHash } from 'node:crypto';
import type { OpenFile } from '../../core/fs/files';
import { withoutRootId } from '../../core/image/fileCapability';
import { aclForms, parseAclValue } from '../../core/image/posixAcl';
import { whyNoProgram } from '../host/initProgram';
import { type Attributes, readAttributes } from '../host/readAttributes';
import type { Entry } from './entry';
import type { OwnerIds } from './ownerIds';

const acls: ReadonlySet<string> = new Set(aclForms.map(([, attribute]) => attribute));

/**
 * @param rootfs its descriptor
 * @returns the entries in their order, with the digests of what they are now
 */
export function withAttributes<T extends Entry>(
  rootfs: Pick<OpenFile, 'fd'>,
  entries: readonly T[],
  ids: OwnerIds,
): T[] {
  if (entries.length === 0 || whyNoProgram() !== undefined) return [...entries];
  const paths = entries.map(({ path }) => Buffer.from(path, 'latin1'));
  const found = readAttributes(rootfs, paths);
  return entries.map((entry, at) => ({ ...entry, attributes: digestOf(found[at], ids) }));
}

/** @returns '' for none; undefined where they are not known, or mean nothing outside of this user namespace */
export function digestOf(attributes: Attributes | undefined, ids: OwnerIds): string | undefined {
  if (!attributes) return undefined;
  const lines: string[] = [];
  for (const [name, value] of attributes) {
    if (name.startsWith('trusted.')) continue; // root of the machine alone sees them
    const text = textOf(name, value, ids);
    if (text === undefined) return undefined;
    lines.push(`${name}=${text}\n`);
  }
  if (lines.length === 0) return '';
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}

/** Ids are those of the user namespace of who reads: here they become the machine's. */
function textOf(name: string, value: Buffer, ids: OwnerIds): string | undefined {
  if (name === 'security.capability') return withoutRootId(value).toString('hex');
  if (!acls.has(name)) return value.toString('hex');
  const entries = parseAclValue(value)?.map(({ tag, perm, id }) => {
    const outside = id === undefined ? -1 : tag === 'namedUser' ? ids.uid(id) : ids.gid(id);
    return outside === undefined ? undefined : `${tag} ${perm} ${outside}`;
  });
  return entries?.every((one) => one !== undefined) ? entries.join() : undefined;
}
