/**
 * Looks through a rootfs for what its user should know before the first start: setuid and setgid
 * files, device nodes, and links where Terrarium will mount. File capabilities are not seen: Node
 * reads no extended attributes. Follows no symbolic link and reads no file; each folder is held while it is
 * looked through, because a container that runs may move it.
 */
import { lstat, entriesOf } from '../fs/files';
import path from 'node:path';
import { messageOf } from '../errors';
import { openDirectoryNoFollow, pathOf } from '../fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

export interface RootfsFinding {
  readonly kind: 'setuid' | 'setgid' | 'device' | 'problem' | 'incomplete';
  /** Path inside the rootfs, raw; `/` for what concerns all of it. */
  readonly path: string;
  /** A few words, safe to show. */
  readonly message: string;
}

export interface InspectLimits {
  /** Files and folders that are looked at. */
  readonly maxEntries?: number;
  readonly signal?: AbortSignal;
}

/** More findings than this are not for people to read. */
const maxFindings = 200;

/** Where mounts go: a link here would aim them elsewhere (CVE-2019-16884 and its kin). */
const mountPoints = ['/proc', '/sys', '/dev'];

export async function inspectRootfs(
  rootfs: string,
  { maxEntries = 20_000, signal }: InspectLimits = {},
): Promise<RootfsFinding[]> {
  const findings: RootfsFinding[] = [];
  const folders = ['/'];
  let entries = 0;
  // Breadth first: what a bound leaves out lies deep, and programs do not.
  for (const folder of folders) {
    const plain: string[] = [];
    try {
      const held = await openDirectoryNoFollow(path.resolve(rootfs, `.${folder}`));
      try {
        // A hostile folder may have millions of entries: never all of them in memory.
        for await (const entry of entriesOf(pathOf(held))) {
          signal?.throwIfAborted();
          if (++entries > maxEntries) break;
          const inside = path.join(folder, entry.name);
          if (entry.isDirectory()) folders.push(inside);
          // Links have no mode of their own; only where a mount goes do they matter.
          else if (!entry.isSymbolicLink()) plain.push(entry.name);
          else if (mountPoints.includes(inside)) findings.push(linkedMountPoint(inside));
        }
        const stats = await Promise.all(plain.map((name) => lstat(`${pathOf(held)}/${name}`)));
        findings.push(
          ...stats.flatMap(({ mode }, at) => describe(path.join(folder, plain[at]!), mode)),
        );
      } finally {
        await held.close();
      }
    } catch (error) {
      signal?.throwIfAborted();
      const reason = escapeControlCharacters(messageOf(error));
      findings.push({ kind: 'incomplete', path: folder, message: `not looked into: ${reason}` });
    }
    if (entries > maxEntries || findings.length >= maxFindings) {
      const kept = findings.slice(0, maxFindings);
      return [...kept, incomplete(maxEntries, findings.length)];
    }
  }
  return findings;
}

/**
 * Those of earlier findings that are still there: as many files are looked at, and not the whole tree.
 * @returns of files only
 */
export async function stillFound(
  rootfs: string,
  earlier: readonly RootfsFinding[],
): Promise<RootfsFinding[]> {
  const places = [...new Set(earlier.map((one) => one.path))];
  const found = await Promise.all(
    places.map(async (inside) => {
      const { dir, base } = path.parse(inside);
      const folder = await openDirectoryNoFollow(path.resolve(rootfs, `.${dir}`)).catch(notThere);
      try {
        const stat = folder && (await lstat(`${pathOf(folder)}/${base}`).catch(notThere));
        return stat ? describe(inside, stat.mode) : [];
      } finally {
        await folder?.close();
      }
    }),
  );
  return found.flat();
}

/** What cannot be looked at any more is found, or not, by who looks through all. */
function notThere(): undefined {
  return undefined;
}

/** @param mode st_mode, inode(7) */
function describe(inside: string, mode: number): RootfsFinding[] {
  const shown = escapeControlCharacters(inside);
  const type = mode & 0o170000;
  if (type === 0o020000 || type === 0o060000)
    return [{ kind: 'device', path: inside, message: `${shown} is a device node` }];
  if (type !== 0o100000) return [];
  const findings: RootfsFinding[] = [];
  if (mode & 0o4000)
    findings.push({ kind: 'setuid', path: inside, message: `${shown} runs as its owner (setuid)` });
  // Without the group's execute bit it is an old mark for mandatory locking, not a setgid program.
  if ((mode & 0o2010) === 0o2010)
    findings.push({ kind: 'setgid', path: inside, message: `${shown} runs as its group (setgid)` });
  return findings;
}

function linkedMountPoint(inside: string): RootfsFinding {
  return {
    kind: 'problem',
    path: inside,
    message: `${inside} is a symbolic link: nothing will be mounted there`,
  };
}

function incomplete(maxEntries: number, findings: number): RootfsFinding {
  const reason = findings >= maxFindings ? `${maxFindings} findings` : `${maxEntries} entries`;
  return { kind: 'incomplete', path: '/', message: `not looked at any further after ${reason}` };
}
