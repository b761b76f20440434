/**
 * Looks for bundles and rootfs-like folders in a workspace folder. Called by `ContainerStore`. It
 * never looks into a rootfs: that is the container's, can be huge and may be hostile.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../core/bundle/fileProblem';
import { looksLikeRootfs } from '../../core/bundle/looksLikeRootfs';
import { readAt, withRegularFile } from '../../core/bundle/readBounded';
import { maxConfigBytes } from '../../core/config/jsonLimits';
import type { FoundBundle } from './container';

export interface Discovery {
  readonly bundles: readonly FoundBundle[];
  /** Folders that look like a root filesystem and belong to no bundle, as they are in the workspace. */
  readonly rootfsFolders: readonly string[];
}

/** How far below a workspace folder is looked, which is itself at depth 0. */
export const maxDepth = 3;
/** Of each folder only so many entries are looked at; a bundle is not found among ten thousand others. */
const maxEntries = 2000;
/** The name that the runtime-spec's examples and `scaffold` give a rootfs. */
const usualName = 'rootfs';
const ignored = new Set(['node_modules', '.git', '.hg', '.svn', '.cache']);

/** Folders that cannot be read are passed over: they hold nothing that could be started from here. */
export async function discoverBundles(roots: readonly string[]): Promise<Discovery> {
  const bundles = new Map<string, FoundBundle>();
  const rootfsFolders: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await entriesOf(folder);
    const names = new Map(entries.map((entry) => [entry.name, entry]));
    const rootfs = names.get('config.json')?.isFile() ? await rootfsOf(folder) : undefined;
    if (rootfs !== undefined) {
      const real = await realpath(folder);
      if (!bundles.has(real)) bundles.set(real, { folder, real, rootfs });
      // A config.json that was saved beside a tree may stand among other things, and other bundles.
      if (path.basename(rootfs) === usualName) return;
    }
    if ((names.has('bin') || names.has('usr')) && (await looksLikeRootfs(folder))) {
      rootfsFolders.push(folder);
      return;
    }
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
  return { bundles: [...bundles.values()], rootfsFolders };
}

/**
 * Where config.json says that the rootfs is; where it is broken, at the usual place. Only looked at
 * here: the helper reads it anew, with everything that `loadBundle` refuses.
 * @returns undefined where there is no such folder
 */
async function rootfsOf(folder: string): Promise<string | undefined> {
  const rootfs = path.resolve(folder, await configuredRoot(path.join(folder, 'config.json')));
  const below = path.relative(folder, rootfs);
  const isBelow = below !== '' && below.split('/')[0] !== '..';
  return isBelow && (await isFolder(rootfs)) ? rootfs : undefined;
}

async function configuredRoot(file: string): Promise<string> {
  try {
    const bytes = await withRegularFile(file, (handle) => readAt(handle, 0, maxConfigBytes));
    const { root } = JSON.parse(String(bytes)) as { root?: { path?: unknown } };
    return typeof root?.path === 'string' ? root.path : usualName;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || isUnreachable(error))
      return usualName;
    throw error;
  }
}

/** What `scaffold` is still building: `.NAME.new-XXXXXX`. */
function isHalfMade(name: string): boolean {
  return name.startsWith('.') && name.includes('.new-');
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isDirectory();
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).slice(0, maxEntries);
  } catch (error) {
    if (isUnreachable(error)) return [];
    throw error;
  }
}

function isUnreachable(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EIO'].includes(codeOf(error) ?? '');
}
