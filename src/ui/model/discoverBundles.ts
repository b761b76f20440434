/**
 * Looks for bundles and rootfs-like folders in a workspace folder. Called by `ContainerStore`. It
 * never looks into a rootfs: that is the container's, can be huge and may be hostile.
 */
import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isUnreachable, lookAtFolder, usualRootfs } from '../../core/bundle/folderKind';
import { recordedBy } from '../../core/fs/ownershipRecord';
import type { FoundBundle, FoundTree } from './container';

export interface Discovery {
  readonly bundles: readonly FoundBundle[];
  /** Folders that look like a root filesystem and belong to no bundle. */
  readonly rootfsFolders: readonly FoundTree[];
  /** Paths in the workspace of those of them, and of rootfs of bundles, whose files were taken: see `recordedBy`. */
  readonly takenFolders: readonly string[];
}

/** How far below a workspace folder is looked, which is itself at depth 0. */
export const maxDepth = 3;
/** Of each folder only so many entries are looked at; a bundle is not found among ten thousand others. */
const maxEntries = 2000;
const ignored = new Set(['node_modules', '.git', '.hg', '.svn', '.cache']);

/** Folders that cannot be read are passed over: they hold nothing that could be started from here. */
export async function discoverBundles(roots: readonly string[]): Promise<Discovery> {
  const bundles = new Map<string, FoundBundle>();
  const rootfsFolders: FoundTree[] = [];
  const takenFolders: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await entriesOf(folder);
    const named = (name: string) => entries.find((entry) => entry.name === name);
    const mayHaveShell = Boolean(named('bin') ?? named('usr'));
    // Many a config.json is another program's, and a rootfs is a folder beside it.
    const mayBeBundle =
      named('config.json')?.isFile() && entries.some((entry) => entry.isDirectory());
    const { kind, rootfs } =
      mayHaveShell || mayBeBundle
        ? await lookAtFolder(folder, mayHaveShell)
        : { kind: 'neither' as const, rootfs: undefined };
    // One that looks like both is listed too: what starts it refuses it, and says why.
    if (rootfs !== undefined) {
      const real = await realpath(folder).catch(unlessUnreachable);
      if (real === undefined) return;
      const isTaken = (await recordedBy(rootfs)).length > 0;
      if (isTaken) takenFolders.push(rootfs);
      const isAmbiguous = kind === 'ambiguous';
      const found = { folder, real, rootfs, isAmbiguous, ...(isTaken && { isTaken }) };
      if (!bundles.has(real)) bundles.set(real, found);
      // A config.json that was saved beside a tree may stand among other things, and other bundles.
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

/** What `scaffold` is still building: `.NAME.new-XXXXXX`. */
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
