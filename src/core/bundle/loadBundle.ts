/**
 * Opens a bundle: reads its `config.json` and finds its rootfs. Called by the helper before every
 * start (it does not trust the editor's parse) and by the views. A bundle may come from a cloned
 * repository, so nothing here follows a symlink, waits for a FIFO or reads without limit.
 */
import { lstat, realpath } from '../fs/files';
import path from 'node:path';
import { maxConfigBytes } from '../config/jsonLimits';
import { wholeConfig } from '../config/knownConfigs';
import type { OciConfig } from '../config/schema';
import { TerrariumError } from '../errors';
import { mountHolding } from '../procfs/mountHolding';
import { ownMounts } from '../procfs/ownMounts';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { codeOf } from '../fs/codeOf';
import { openDirectoryNoFollow, pathOf } from '../fs/openDirectoryNoFollow';
import { readAt, withRegularFile } from '../fs/readBounded';
import { type AllowedFolders, rootfsOf } from './rootfsOf';
import { withExactValues } from '../seccomp/exactValues';
import type { SeccompProfile } from '../seccomp/profile';

export interface Bundle {
  /** Absolute real path of its folder. */
  readonly path: string;
  /** For people: the folder's name, raw. */
  readonly name: string;
  /**
   * Absolute real path of the root filesystem: below `path`, below a folder that the person has allowed (rootfsOf.ts), or
   * `path` where that is plain.
   */
  readonly rootfs: string;
  readonly config: OciConfig;
  /** Names of keys in config.json that mean nothing to Terrarium, safe to show. */
  readonly ignored?: readonly string[];
  /** config.json as it stands, with keys that only another runtime knows. */
  readonly document?: object;
  /** `linux.seccomp` of `config`, with numbers above 2^53 as they stand in the file. */
  readonly seccomp?: SeccompProfile;
}

/**
 * @throws TerrariumError `bundle-missing`, `bundle-not-directory`, `config-missing`,
 *   `config-not-file`, `config-unreadable`, those of `wholeConfig`, those of `rootfsOf`
 */
export async function loadBundle(folder: string, allowed?: AllowedFolders): Promise<Bundle> {
  return loadReal(await realFolder(folder), allowed);
}

/**
 * @param bundle what `realFolder` has returned
 * @param allowed where a rootfs may lie that is not below it
 */
export async function loadReal(bundle: string, allowed?: AllowedFolders): Promise<Bundle> {
  const name = path.basename(bundle);
  const file = path.join(bundle, 'config.json');
  const text = await readConfig(file);
  const { config, document, ignored } = await wholeConfig(text, path.join(name, 'config.json'));
  const { seccomp } = config.linux;
  return {
    path: bundle,
    name,
    rootfs: await rootfsOf(bundle, config.root.path, allowed),
    config,
    document,
    ignored,
    ...(seccomp ? { seccomp: await withExactValues(seccomp, text) } : {}),
  };
}

/**
 * The real path of a folder that is to be a bundle.
 * @throws TerrariumError `bundle-missing`, `fuse-closed`, `bundle-not-directory`
 */
export async function realFolder(folder: string): Promise<string> {
  const shown = escapeControlCharacters(folder);
  let real: string;
  let isDirectory: boolean;
  try {
    real = await realpath(folder);
    isDirectory = (await lstat(real)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'EACCES') throw await closed(folder, error);
    const problem = `The folder ${shown} ${whyUnreached(folder, error)}.`;
    throw new TerrariumError('bundle-missing', problem, another, { cause: error });
  }
  if (!isDirectory)
    throw new TerrariumError(
      'bundle-not-directory',
      `${shown} is not a folder.`,
      path.basename(real) === 'config.json' ? 'Name the folder that it lies in.' : another,
    );
  return real;
}

const another = 'Choose another folder.';

function whyUnreached(folder: string, error: unknown): string {
  if (folder.includes('\ufffd'))
    return 'has a name that is no UTF-8 text, so it cannot be opened by it';
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'does not exist';
    case 'ENOTDIR':
      return 'does not exist: a part of its path is a file';
    case 'ELOOP':
      return 'is reached by symbolic links that lead in a circle';
    case 'ENAMETOOLONG':
      return 'has a name that is too long';
    default:
      return `cannot be opened (${codeOf(error) ?? 'unknown error'})`;
  }
}

/** Root is refused by the mounts of others alone: FUSE keeps one to the person who made it (fuse(4)). */
async function closed(folder: string, cause: unknown): Promise<TerrariumError> {
  const shown = escapeControlCharacters(folder);
  const mount = mountHolding(await ownMounts(), path.resolve(folder));
  if (!mount || !/^fuse(\.|blk$|$)/.test(mount.type))
    return new TerrariumError(
      'bundle-missing',
      `The folder ${shown} cannot be looked into.`,
      'Choose another folder, or have its permissions and those of the folders above changed.',
      { cause },
    );
  return new TerrariumError(
    'fuse-closed',
    `The folder ${shown} lies on ${escapeControlCharacters(mount.mountPoint)}, a FUSE mount (${escapeControlCharacters(mount.type)}) that only the person who made it may look into${process.geteuid!() === 0 ? ', not even root' : ''}.`,
    'Start it rootless as that person, or mount it with -o allow_root (fusermount needs user_allow_other in /etc/fuse.conf for that).',
    { cause },
  );
}

async function readConfig(file: string): Promise<string> {
  const shown = escapeControlCharacters(file);
  const folder = await openDirectoryNoFollow(path.dirname(file));
  let bytes: Buffer | undefined;
  try {
    // One byte more than allowed is enough for `parseConfig` to see that it is too many.
    bytes = await withRegularFile(
      `${pathOf(folder)}/${path.basename(file)}`,
      (handle) => readAt(handle, 0, maxConfigBytes + 1),
      file,
    );
  } catch (error) {
    throw unreadable(error, shown);
  } finally {
    await folder.close();
  }
  if (!bytes) throw notFile(shown, 'is not a regular file');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    // A cut through a long character is the size's fault, not the encoding's.
    if (bytes.length > maxConfigBytes) return bytes.toString('latin1');
    throw new TerrariumError(
      'config-not-json',
      `${shown} is not UTF-8 text.`,
      'Save it as UTF-8, the only encoding that JSON has.',
      { cause: error },
    );
  }
}

function unreadable(error: unknown, shown: string): TerrariumError {
  if (error instanceof TerrariumError) return error;
  const code = codeOf(error);
  if (code === 'ENOENT')
    return new TerrariumError(
      'config-missing',
      `${shown} does not exist.`,
      'A bundle is a folder with config.json and rootfs: “New Container…” in the editor makes one, and “runc spec” in a folder with a rootfs writes that file. A root filesystem without one starts with “Start as Container” in the editor, with --folder on the command line.',
    );
  if (code === 'ELOOP') return notFile(shown, 'is a symbolic link');
  return new TerrariumError(
    'config-unreadable',
    `${shown} cannot be read${code === undefined ? '' : ` (${code})`}.`,
    'Check its permissions and those of its folder.',
    { cause: error },
  );
}

function notFile(shown: string, reason: string): TerrariumError {
  return new TerrariumError(
    'config-not-file',
    `${shown} ${reason}.`,
    'Put a plain file with the configuration in its place.',
  );
}
