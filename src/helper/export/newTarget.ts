/**
 * Makes the file or folder of an export in a hidden folder beside its place, and moves it there when it is whole:
 * what fails or is cancelled leaves nothing. Used by exportBundle.ts.
 */
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
} from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { fileProblem } from '../../core/bundle/fileProblem';
import type { OpenFile } from '../../core/fs/files';
import { isBelow } from '../../core/fs/isBelow';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { sweepUnfinished, writeMaker } from '../image/sweepUnfinished';

export interface NewTargetOptions {
  readonly target: string;
  readonly kind: 'file' | 'folder';
  /** A file that is there is replaced. */
  readonly replace: boolean;
  /** What is read: the target may not lie in it. */
  readonly sources: readonly string[];
  /** Whose it is, where the helper is root. */
  readonly person: { readonly uid: number; readonly gid: number };
  readonly signal: AbortSignal;
  readonly warn: (text: string) => void;
}

/**
 * @param build makes it at a path
 * @returns the real path of what was made
 * @throws TerrariumError `target-exists`, `target-inside`, `target-parent`, `target-NAME` for those of fileProblem.ts
 */
export async function makeTarget(
  options: NewTargetOptions,
  build: (place: string) => Promise<void>,
): Promise<string> {
  const { target, sources, signal } = options;
  const shown = path.resolve(target);
  const name = path.basename(shown);
  const parentPath = await realpath(path.dirname(shown)).catch((error: unknown) => {
    throw explained(error, shown);
  });
  if (name === '' || sources.some((source) => parentPath === source || isBelow(parentPath, source)))
    throw new TerrariumError(
      'target-inside',
      `${escapeControlCharacters(shown)} lies in what is exported.`,
      'Choose a place outside of it.',
    );
  const parent = await openDirectoryNoFollow(parentPath);
  try {
    await refuseTaken(path.join(pathOf(parent), name), shown, options);
    for (const warning of await sweepUnfinished(parentPath)) options.warn(warning);
    const hidden = await mkdtemp(path.join(pathOf(parent), '.terrarium-export.new-'));
    const held = await holdNew(path.join(parentPath, path.basename(hidden)), hidden);
    try {
      const scratch = path.join(pathOf(held), 'scratch');
      await mkdir(scratch);
      await writeMaker(scratch);
      const place = path.join(pathOf(held), 'new');
      await build(place);
      signal.throwIfAborted();
      await giveAway(place, options);
      await moveInto(place, path.join(pathOf(parent), name), options);
    } finally {
      for (const name of ['new', 'scratch'])
        await rm(path.join(pathOf(held), name), { recursive: true, force: true });
      await held.close();
      await rmdir(hidden);
    }
    return path.join(parentPath, name);
  } catch (error) {
    if (signal.aborted && error !== signal.reason) signal.throwIfAborted();
    throw explained(error, shown);
  } finally {
    await parent.close();
  }
}

/** Who may write to the parent can put another folder in its place. */
async function holdNew(real: string, hidden: string): Promise<OpenFile> {
  const held = await openDirectoryNoFollow(real);
  const { uid, mode } = await held.stat();
  if (uid === process.geteuid!() && (mode & 0o077) === 0) return held;
  await held.close();
  await rmdir(hidden);
  throw new TerrariumError(
    'folder-moved',
    'Somebody else has put another folder in the place of the one that the export fills.',
    'Export to a folder that only you may write to.',
  );
}

async function refuseTaken(
  place: string,
  shown: string,
  { kind, replace }: NewTargetOptions,
): Promise<void> {
  const found = await lstat(place).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (found === undefined || (replace && kind === 'file' && found.isFile())) return;
  throw taken(shown, replace);
}

function taken(shown: string, replace = false): TerrariumError {
  return new TerrariumError(
    'target-exists',
    `${escapeControlCharacters(shown)} exists already${replace ? ', and is no file that could be replaced' : ''}.`,
    replace
      ? 'Choose another name, or remove it first.'
      : 'Choose another name; --force on the command line replaces a file.',
  );
}

/** rename(2) replaces what is there, so the name is claimed first: EEXIST where it is taken. */
async function moveInto(
  place: string,
  target: string,
  { kind, replace }: NewTargetOptions,
): Promise<void> {
  if (replace && kind === 'file') return rename(place, target);
  if (kind === 'folder') await mkdir(target, 0o700);
  else await (await open(target, 'wx', 0o600)).close();
  try {
    await rename(place, target);
  } catch (error) {
    await (kind === 'folder' ? rmdir(target) : rm(target));
    throw error;
  }
}

/** Links are none in what was made. */
async function giveAway(
  place: string,
  { kind, person: { uid, gid } }: NewTargetOptions,
): Promise<void> {
  if (process.geteuid!() !== 0) return;
  const inside = kind === 'folder' ? await readdir(place, { recursive: true }) : [];
  for (const name of ['.', ...inside]) await chown(path.join(place, name), uid, gid);
}

function explained(error: unknown, shown: string): unknown {
  if (error instanceof TerrariumError) return error;
  const code = codeOf(error);
  if (code === 'EEXIST') return taken(shown);
  const target = escapeControlCharacters(shown);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP')
    return new TerrariumError(
      'target-parent',
      `The folder of ${target} cannot be reached (${code}).`,
      'Make it, or choose another one.',
      { cause: error },
    );
  const problem = fileProblem(error);
  if (!problem) return error;
  const remedy =
    problem.name === 'disk-full' ? 'Make room, or choose another disk.' : problem.remedy;
  return new TerrariumError(
    `target-${problem.name}`,
    `${target} cannot be made because ${problem.reason}.`,
    remedy,
    { cause: error },
  );
}
