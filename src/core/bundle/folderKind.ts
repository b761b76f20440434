/**
 * Is a folder a bundle, or a root filesystem itself? The two start different containers: a bundle has its
 * config.json, a root filesystem gets the default configuration, with every capability. So the caller says
 * which is meant, and a folder that looks like both is refused.
 * Called by the helper, by discovery, and where a command of the editor reads or writes such a folder.
 */
import { lstat } from '../fs/files';
import path from 'node:path';
import { maxConfigBytes } from '../config/jsonLimits';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { codeOf } from '../fs/codeOf';
import { isOutside } from './rootfsOf';
import { looksLikeRootfs } from './looksLikeRootfs';
import { isRefused, readAt, withRegularFile } from '../fs/readBounded';

/** The name that the runtime-spec's examples and `scaffold` give a rootfs. */
export const usualRootfs = 'rootfs';

export interface FolderLook {
  readonly kind: 'bundle' | 'folder' | 'ambiguous' | 'neither';
  /** Path of the folder that its config.json calls the rootfs, where there is one. */
  readonly rootfs?: string;
  /** `root.path` of an OCI configuration where it names a place that is not below the folder. */
  readonly outside?: string;
}

/**
 * Does not validate: a start reads config.json again with the checks of `loadBundle`.
 * @param mayHaveShell false where its listing has neither bin nor usr
 */
export async function lookAtFolder(folder: string, mayHaveShell = true): Promise<FolderLook> {
  const [config, hasShell] = await Promise.all([
    configOf(folder),
    mayHaveShell && looksLikeRootfs(folder),
  ]);
  const rootfs = config && (await rootfsBelow(folder, config.rootPath));
  // With its rootfs it is a bundle whatever it holds; without one it may be any program's config.json.
  const hasConfig = rootfs !== undefined || config?.isOci === true;
  if (hasShell && hasConfig) return { kind: 'ambiguous', rootfs };
  if (hasShell) return { kind: 'folder' };
  if (rootfs !== undefined) return { kind: 'bundle', rootfs };
  const isElsewhere = config?.isOci && isOutside(folder, path.resolve(folder, config.rootPath));
  return { kind: 'neither', ...(isElsewhere && { outside: config.rootPath }) };
}

/**
 * Also where the asker says which is meant: in the editor that comes from looking at the folder, and
 * what lies in it decided what was seen.
 * @throws TerrariumError `bundle-or-folder` where it looks like both
 */
export async function refuseAmbiguous(folder: string): Promise<FolderLook> {
  const look = await lookAtFolder(folder);
  if (look.kind === 'ambiguous') throw ambiguous(folder, look);
  return look;
}

export function ambiguous(folder: string, { rootfs }: FolderLook): TerrariumError {
  return new TerrariumError(
    'bundle-or-folder',
    `${escapeControlCharacters(folder)} can be read in two ways: as the bundle that its config.json describes, and as a root filesystem itself, because it has a bin/sh. The two start different containers.`,
    rootfs === undefined
      ? 'To start what config.json says, move the tree into a folder "rootfs" beside it; to start the tree as a plain folder, move config.json out of it. On the command line --folder starts it as it is, without config.json.'
      : `If ${escapeControlCharacters(path.basename(rootfs))} is the root filesystem, remove the bin/sh (or usr/bin/sh) beside config.json; if the folder itself is, move config.json out of it. On the command line, say --bundle or --folder.`,
  );
}

interface ConfigLook {
  /** root.path; where config.json is broken or silent, the usual place. */
  readonly rootPath: string;
  /** It calls itself a configuration of the OCI runtime specification. */
  readonly isOci: boolean;
}

/** @returns undefined where there is no config.json that could be read */
async function configOf(folder: string): Promise<ConfigLook | undefined> {
  try {
    const file = path.join(folder, 'config.json');
    const bytes = await withRegularFile(file, (handle) => readAt(handle, 0, maxConfigBytes));
    return bytes && lookAtConfig(String(bytes));
  } catch (error) {
    // It is there, and whatever starts it will say why it cannot be read.
    if (isRefused(error)) return { rootPath: usualRootfs, isOci: false };
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}

function lookAtConfig(text: string): ConfigLook {
  const broken = { rootPath: usualRootfs, isOci: false };
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return broken;
    throw error;
  }
  if (typeof document !== 'object' || document === null) return broken;
  const { root, ociVersion } = document as {
    root?: { path?: unknown } | null;
    ociVersion?: unknown;
  };
  const rootPath = root?.path;
  return {
    rootPath: typeof rootPath === 'string' ? rootPath : usualRootfs,
    isOci: typeof ociVersion === 'string' || typeof rootPath === 'string',
  };
}

/** @returns the path of a real folder below `folder` */
async function rootfsBelow(folder: string, rootPath: string): Promise<string | undefined> {
  const rootfs = path.resolve(folder, rootPath);
  return !isOutside(folder, rootfs) && (await isFolder(rootfs)) ? rootfs : undefined;
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isDirectory();
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}

/**
 * What another user, an unplugged disk, a server that is gone (FUSE, NFS) or a hostile tree answers; the last
 * is Node's for a NUL in a path.
 */
const unreachable = new Set([
  ...['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EIO', 'ENXIO', 'ENAMETOOLONG'],
  ...['ENOTCONN', 'ECONNABORTED', 'ESTALE', 'EHOSTDOWN', 'ETIMEDOUT', 'ENODEV'],
  'ERR_INVALID_ARG_VALUE',
]);

export function isUnreachable(error: unknown): boolean {
  return unreachable.has(codeOf(error) ?? '');
}
