/**
 * Makes a bundle in a hidden folder beside its place and moves it there when it is complete, so whatever goes
 * wrong leaves nothing behind. Used by `scaffold` and by the import of images.
 */
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { codeOf, fileProblem } from './fileProblem';
import { validateName } from './validateName';

export interface NewBundleOptions {
  /** Folder that the bundle is made in. */
  readonly parent: string;
  /** Its path for people, where `parent` is that of a descriptor. */
  readonly shown?: string;
  readonly name: string;
  readonly signal?: AbortSignal;
  /**
   * Resolves once whoever watches `parent` watches this new folder too. A watcher that follows folders by their
   * names sees nothing below one that was renamed: with this, the rootfs and what is in it arrive one by one.
   */
  readonly untilWatched?: (folder: string) => Promise<void>;
  /** How the hidden folder comes to the place of the new, empty one; rename(2) where it is left out. */
  readonly move?: (building: string, target: string) => Promise<void>;
}

/**
 * @param build fills the hidden folder
 * @param discard removes it where that, or the move, has failed
 * @returns the path of the bundle
 * @throws TerrariumError `name-invalid`, `name-taken`, `parent-missing`, `parent-not-directory`,
 *   `scaffold-not-permitted`, `scaffold-read-only`, `scaffold-disk-full`, `scaffold-name-too-long`;
 *   the signal's reason where it was aborted
 */
export async function makeBundle(
  options: NewBundleOptions,
  build: (folder: string) => Promise<void>,
  discard = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true }),
): Promise<string> {
  const { parent, name, signal, shown = parent } = options;
  const target = path.join(parent, name);
  const shownTarget = path.join(shown, name);
  await refuseBadPlace(options, target, shownTarget);
  let building: string | undefined;
  try {
    signal?.throwIfAborted();
    building = await mkdtemp(path.join(parent, `.${name}.new-`));
    await build(building);
    signal?.throwIfAborted();
    await moveInto(building, target, options);
    return target;
  } catch (error) {
    if (building !== undefined) await discard(building);
    throw explained(error, shownTarget, signal);
  }
}

async function refuseBadPlace(
  { parent, shown = parent, name }: NewBundleOptions,
  target: string,
  shownTarget: string,
): Promise<void> {
  const bad = validateName(name);
  if (bad !== undefined) throw new TerrariumError('name-invalid', bad, 'Choose another name.');
  const folder = escapeControlCharacters(shown);
  const parentStat = await stat(parent).catch((error: unknown) => error);
  if (['ENOENT', 'ELOOP'].includes(codeOf(parentStat) ?? ''))
    throw new TerrariumError(
      'parent-missing',
      `The folder ${folder} does not exist.`,
      'Create it or choose another one.',
    );
  const notFolder =
    codeOf(parentStat) === 'ENOTDIR' ||
    (!(parentStat instanceof Error) && !(parentStat as { isDirectory(): boolean }).isDirectory());
  if (notFolder)
    throw new TerrariumError(
      'parent-not-directory',
      `${folder} is not a folder.`,
      'Choose a folder to make the container in.',
    );
  if (parentStat instanceof Error) throw explained(parentStat, shownTarget);
  if (await exists(target)) throw taken(shownTarget);
}

/**
 * rename(2) silently replaces an *empty* folder. So mkdir(2) claims the name first: EEXIST where the name
 * is taken. rename(2) then replaces this empty folder, and fails with ENOTEMPTY where another process has
 * made a file in it.
 */
async function moveInto(
  building: string,
  target: string,
  { untilWatched, move = rename, signal }: NewBundleOptions,
): Promise<void> {
  await mkdir(target, 0o700);
  try {
    // It is 0700, as mkdtemp made it: other users have no business with setuid programs of a rootfs.
    if (untilWatched) await moveByFolders(building, target, untilWatched, signal);
    else await move(building, target);
  } catch (error) {
    await rmdir(target).catch((cause: unknown) => {
      if (codeOf(cause) !== 'ENOTEMPTY') throw cause;
    });
    throw error;
  }
}

/**
 * The config.json comes last: without it a folder is no bundle yet. A rootfs or a config.json that another process has
 * made in the target meanwhile is neither replaced (EEXIST) nor removed.
 */
async function moveByFolders(
  building: string,
  target: string,
  untilWatched: NewBundleOptions['untilWatched'] & object,
  signal?: AbortSignal,
): Promise<void> {
  const [from, to] = [path.join(building, 'rootfs'), path.join(target, 'rootfs')];
  await untilWatched(target);
  await mkdir(to);
  try {
    await chmod(to, (await stat(from)).mode);
    await untilWatched(to);
    signal?.throwIfAborted();
    for (const name of await readdir(from))
      await rename(path.join(from, name), path.join(to, name));
    const config = 'config.json';
    const free = constants.COPYFILE_EXCL;
    await copyFile(path.join(building, config), path.join(target, config), free);
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw error;
  }
  await rm(building, { recursive: true });
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
