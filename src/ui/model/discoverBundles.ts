/**
 * Searches a workspace folder for bundles and root filesystems. Called by `ContainerStore`. Never searches
 * inside a rootfs: the container writes it, and it can be huge or hostile.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isUnreachable, lookAtFolder, usualRootfs } from '../../core/bundle/folderKind';
import { layerFolderName } from '../../core/config/scratchLayer';
import { recordedBy } from '../../core/fs/ownershipRecord';
import type { FoundBundle, FoundTree } from './container';

export interface Discovery {
  readonly bundles: readonly FoundBundle[];
  /** Root filesystems that belong to no bundle. */
  readonly rootfsFolders: readonly FoundTree[];
  /** Root filesystems with a record of Take Ownership, as paths in the workspace: see `recordedBy`. */
  readonly takenFolders: readonly string[];
}

/** Greatest depth of the search; a workspace folder itself is at depth 0. */
export const maxDepth = 3;
/** Greatest number of entries that are read of one folder. */
const maxEntries = 2000;
const ignored = new Set(['node_modules', '.git', '.hg', '.svn', '.cache']);

/** Skips folders that cannot be read: nothing in them can be started. */
export async function discoverBundles(roots: readonly string[]): Promise<Discovery> {
  const bundles = new Map<string, FoundBundle>();
  const rootfsFolders: FoundTree[] = [];
  const takenFolders: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await entriesOf(folder);
    const named = (name: string) => entries.find((entry) => entry.name === name);
    const mayHaveShell = Boolean(named('bin') ?? named('usr'));
    // Many programs have a config.json. A bundle has a folder rootfs beside it.
    const mayBeBundle =
      named('config.json')?.isFile() && entries.some((entry) => entry.isDirectory());
    const { kind, rootfs } =
      mayHaveShell || mayBeBundle
        ? await lookAtFolder(folder, mayHaveShell)
        : { kind: 'neither' as const, rootfs: undefined };
    // A folder that looks like both kinds is listed too: starting it reports why it is refused.
    if (rootfs !== undefined) {
      const real = await realpath(folder).catch(unlessUnreachable);
      if (real === undefined) return;
      const isTaken = (await recordedBy(rootfs)).length > 0;
      if (isTaken) takenFolders.push(rootfs);
      const isAmbiguous = kind === 'ambiguous';
      const hasLayer = await isFolder(path.join(real, layerFolderName, 'upper'));
      const hasBaseline = await isFile(path.join(real, layerFolderName, 'baseline.mtree'));
      const found = {
        ...{ folder, real, rootfs, isAmbiguous },
        ...(isTaken && { isTaken }),
        ...(hasLayer && { hasLayer }),
        ...(hasBaseline && { hasBaseline }),
      };
      if (!bundles.has(real)) bundles.set(real, found);
      // A config.json beside a root filesystem may be in a folder with other files and bundles.
      if (path.basename(rootfs) === usualRootfs) return;
    } else if (kind === 'folder' || kind === 'ambiguous') {
      const isTaken = (await recordedBy(folder)).length > 0;
      rootfsFolders.push({ folder, real: await realpath(folder), ...(isTaken && { isTaken }) });
      if (isTaken) takenFolders.push(folder);
    }
    if (kind === 'folder' || kind === 'ambiguous') return;
    if (depth === maxDepth) return;
    for (const entry of entries)
      if (
        entry.isDirectory() &&
        !ignored.has(entry.name) &&
        !isHalfMade(entry.name) &&
        path.join(folder, entry.name) !== rootfs
      )
        await visit(path.join(folder, entry.name), depth + 1);
  };
  for (const root of roots) await visit(root, 0);
  return { bundles: [...bundles.values()], rootfsFolders, takenFolders };
}

/** The folder in which `scaffold` builds a bundle: `.NAME.new-XXXXXX`. */
function isHalfMade(name: string): boolean {
  return name.startsWith('.') && name.includes('.new-');
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).slice(0, maxEntries);
  } catch (error) {
    unlessUnreachable(error);
    return [];
  }
}

function unlessUnreachable(error: unknown): undefined {
  if (!isUnreachable(error)) throw error;
}

async function isFile(file: string): Promise<boolean> {
  return lstat(file).then(
    (stat) => stat.isFile(),
    () => false, // as for a folder
  );
}

async function isFolder(file: string): Promise<boolean> {
  return lstat(file).then(
    (stat) => stat.isDirectory(),
    () => false, // nothing is there, or it is not for us to see
  );
}
