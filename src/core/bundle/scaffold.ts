/**
 * Makes a new bundle: `config.json` and a rootfs with BusyBox. Called by "New Container". It is built
 * in a hidden folder beside its place and moved there when complete, so whatever goes wrong leaves
 * nothing behind.
 */
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { formatConfig } from '../config/formatConfig';
import type { IdMappings, StartingPoint } from '../config/templates';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { Busybox } from './busybox';
import { codeOf, fileProblem } from './fileProblem';
import { rootfsFiles, rootfsFolders } from './rootfsContent';
import { validateName } from './validateName';

export interface ScaffoldOptions {
  /** Folder that the bundle is made in. */
  readonly parent: string;
  readonly name: string;
  readonly startingPoint: StartingPoint;
  readonly busybox: Busybox;
  /** Written into a `config.json` with a user namespace; see `StartingPoint.config`. */
  readonly mappings?: IdMappings;
  readonly signal?: AbortSignal;
  /** @param fraction of the work that is done, 0 to 1 */
  readonly onProgress?: (doing: string, fraction: number) => void;
}

/**
 * @returns the path of the bundle
 * @throws TerrariumError `name-invalid`, `name-taken`, `parent-missing`, `parent-not-directory`,
 *   `scaffold-not-permitted`, `scaffold-read-only`, `scaffold-disk-full`, `scaffold-name-too-long`;
 *   the signal's reason where it was aborted
 */
export async function scaffold(options: ScaffoldOptions): Promise<string> {
  const target = path.join(options.parent, options.name);
  await refuseBadPlace(options, target);
  let building: string | undefined;
  try {
    options.signal?.throwIfAborted();
    building = await mkdtemp(path.join(options.parent, `.${options.name}.new-`));
    await build(building, options);
    options.signal?.throwIfAborted();
    await moveInto(building, target);
    return target;
  } catch (error) {
    if (building !== undefined) await rm(building, { recursive: true, force: true });
    throw explained(error, target, options.signal);
  }
}

async function refuseBadPlace({ parent, name }: ScaffoldOptions, target: string): Promise<void> {
  const bad = validateName(name);
  if (bad !== undefined) throw new TerrariumError('name-invalid', bad, 'Choose another name.');
  const shown = escapeControlCharacters(parent);
  const parentStat = await stat(parent).catch((error: unknown) => error);
  if (['ENOENT', 'ELOOP'].includes(codeOf(parentStat) ?? ''))
    throw new TerrariumError(
      'parent-missing',
      `The folder ${shown} does not exist.`,
      'Create it or choose another one.',
    );
  const notFolder =
    codeOf(parentStat) === 'ENOTDIR' ||
    (!(parentStat instanceof Error) && !(parentStat as { isDirectory(): boolean }).isDirectory());
  if (notFolder)
    throw new TerrariumError(
      'parent-not-directory',
      `${shown} is not a folder.`,
      'Choose a folder to make the container in.',
    );
  if (parentStat instanceof Error) throw explained(parentStat, target);
  if (await exists(target)) throw taken(target);
}

async function build(bundle: string, options: ScaffoldOptions): Promise<void> {
  const { name, startingPoint, busybox, mappings, signal, onProgress } = options;
  const rootfs = path.join(bundle, 'rootfs');
  onProgress?.('Making folders', 0);
  await makeFolder(rootfs, 0o755);
  for (const [folder, mode] of rootfsFolders) await makeFolder(path.join(rootfs, folder), mode);
  for (const [file, text] of rootfsFiles(name)) await makeFile(path.join(rootfs, file), text);
  await makeFile(
    path.join(bundle, 'config.json'),
    formatConfig(startingPoint.config(name, mappings)),
  );

  signal?.throwIfAborted();
  onProgress?.('Copying BusyBox', 0.1);
  const program = path.join(rootfs, 'bin/busybox');
  await copyFile(busybox.path, program, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  await chmod(program, 0o755);

  for (const [index, applet] of busybox.applets.entries()) {
    signal?.throwIfAborted();
    if (index % 50 === 0)
      onProgress?.('Linking commands', 0.3 + (0.7 * index) / busybox.applets.length);
    await symlink('busybox', path.join(rootfs, 'bin', applet));
  }
}

/** With exactly this mode, whatever the umask says: it is the container's, not the person's. */
async function makeFolder(folder: string, mode: number): Promise<void> {
  await mkdir(folder);
  await chmod(folder, mode);
}

async function makeFile(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' });
  await chmod(file, 0o644);
}

/**
 * rename(2) silently replaces an *empty* folder. So mkdir(2) claims the name first: EEXIST where the name
 * is taken. rename(2) then replaces this empty folder, and fails with ENOTEMPTY where another process has
 * made a file in it.
 */
async function moveInto(building: string, target: string): Promise<void> {
  await mkdir(target, 0o700);
  try {
    // It is 0700, as mkdtemp made it: other users have no business with setuid programs of a rootfs.
    await rename(building, target);
  } catch (error) {
    await rmdir(target).catch((cause: unknown) => {
      if (codeOf(cause) !== 'ENOTEMPTY') throw cause;
    });
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw explained(error, file);
  }
}

function taken(target: string): TerrariumError {
  return new TerrariumError(
    'name-taken',
    `${escapeControlCharacters(target)} exists already.`,
    'Choose another name; nothing is ever overwritten.',
  );
}

function explained(error: unknown, target: string, signal?: AbortSignal): unknown {
  if (error instanceof TerrariumError || (signal?.aborted && error === signal.reason)) return error;
  if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTEMPTY') return taken(target);
  const problem = fileProblem(error);
  if (!problem) return error;
  return new TerrariumError(
    `scaffold-${problem.name}`,
    `${escapeControlCharacters(target)} cannot be made because ${problem.reason}.`,
    problem.remedy,
    { cause: error },
  );
}
