/**
 * Searches a workspace folder for bundles and root filesystems. Called by `ContainerStore`. Never searches
 * inside a rootfs: the container writes it, and it can be huge or hostile.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isUnreachable, lookAtFolder, usualRootfs } from '../../core/bundle/folderKind';
import { type AllowedFolders, isOutside, rootfsOf } from '../../core/bundle/rootfsOf';
import { layerFolderName } from '../../core/config/scratchLayer';
import { TerrariumError } from '../../core/errors';
import { isBelow } from '../../core/fs/isBelow';
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

/**
 * Skips folders that cannot be read: nothing in them can be started.
 * @param allowed where a rootfs may lie outside of its bundle
 */
export async function discoverBundles(
  roots: readonly string[],
  allowed?: AllowedFolders,
): Promise<Discovery> {
  const bundles = new Map<string, FoundBundle>();
  const rootfsFolders: FoundTree[] = [];
  const takenFolders: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await entriesOf(folder);
    const named = (name: string) => entries.find((entry) => entry.name === name);
    const mayHaveShell = Boolean(named('bin') ?? named('usr'));
    // Many programs have a config.json. A bundle has a folder rootfs beside it.
    const mayBeBundle =
      named('config.json')?.isFile() &&
      (allowed !== undefined || entries.some((entry) => entry.isDirectory()));
    const look =
      mayHaveShell || mayBeBundle
        ? await lookAtFolder(folder, mayHaveShell)
        : { kind: 'neither' as const };
    const { kind, rootfs = await rootfsOutside(folder, look.outside, allowed) } = look;
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
      if (path.basename(rootfs) === usualRootfs && !isOutside(folder, rootfs)) return;
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
  return withoutOthersTrees({ bundles: [...bundles.values()], rootfsFolders, takenFolders });
}

/** A tree of the workspace may be the rootfs of a bundle elsewhere in it: what lies in it is that container's. */
function withoutOthersTrees(found: Discovery): Discovery {
  const elsewhere = found.bundles
    .filter(({ folder, rootfs }) => isOutside(folder, rootfs))
    .map(({ rootfs }) => rootfs);
  if (elsewhere.length === 0) return found;
  const isFree = ({ real }: { readonly real: string }) =>
    !elsewhere.some((rootfs) => isBelow(real, rootfs));
  return {
    ...found,
    bundles: found.bundles.filter(isFree),
    rootfsFolders: found.rootfsFolders.filter(isFree),
  };
}

/** Where it is not allowed, the start and config.json say why; it is no container of this workspace then. */
async function rootfsOutside(
  folder: string,
  configured: string | undefined,
  allowed: AllowedFolders | undefined,
): Promise<string | undefined> {
  if (configured === undefined || !allowed) return undefined;
  try {
    return await rootfsOf(await realpath(folder), configured, allowed);
  } catch (error) {
    if (!(error instanceof TerrariumError)) unlessUnreachable(error);
    return undefined;
  }
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
