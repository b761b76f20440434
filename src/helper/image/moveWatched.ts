/**
 * Moves what an import has built to its place so that whoever watches the workspace follows it: VS Code's watcher
 * (inotify(7)) sees a folder that is moved in, and none below it. `terrarium-init rewatch` (src/init/rewatch.c) renames
 * these away and back, for which the tree has to be at its place already. Called by importBundle.ts.
 */
import { type Stats, constants } from 'node:fs';
import { chown, link, mkdir, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { type OpenFile, open } from '../../core/fs/files';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import { notKeptFile } from '../../core/image/notKept';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type InitEnd, endOfInit, namespaceWords, notMapped, spawnInit } from '../host/runInit';
import { holdNew } from './holdNew';
import { writeMove } from './sweepUnfinished';

type Owner = Pick<Stats, 'uid' | 'gid'>;

interface Move {
  /** Where the bundle is made: whose watchers count. */
  readonly parent: OpenFile;
  /** Paths of the hidden folder and of the new, empty one, by way of `parent`. */
  readonly building: string;
  readonly target: string;
  /** Of the hidden folder. */
  readonly owner: Owner;
  readonly signal: AbortSignal;
}

/**
 * The config.json comes last: without it a folder is no bundle yet. Where it fails, all is back in the hidden folder; where
 * it is killed, the next import beside it knows by `writeMove` what belongs there.
 * @throws the signal's reason, TerrariumError `folder-moved`, `rewatch-failed`; what a call says
 */
export async function moveWatched(move: Move): Promise<void> {
  const watchers = await openWatchers(move.parent);
  try {
    if (watchers.length === 0) await rename(move.building, move.target);
    else await moveTree(move, watchers);
  } finally {
    await closeAll(watchers);
  }
}

async function moveTree(
  { parent, building, target, owner, signal }: Move,
  watchers: readonly OpenFile[],
): Promise<void> {
  const from = await holdNew(building, owner.uid);
  let to: OpenFile | undefined;
  try {
    await writeMove(pathOf(from), path.basename(target));
    await putFolder(path.join(pathOf(from), 'scratch/bundle'), owner, target);
    to = await holdNew(target, owner.uid);
    await rewatch(['move', 'rootfs'], [from, to]);
    try {
      const words = ['tree', 'rootfs', String(watchers.length)];
      await rewatch(words, [parent, to, ...watchers], signal);
      signal.throwIfAborted();
      await linkFiles(pathOf(from), pathOf(to));
    } catch (error) {
      await rewatch(['move', 'rootfs'], [to, from]);
      throw error;
    }
  } finally {
    await closeAll(to ? [from, to] : [from]);
  }
  await rm(building, { recursive: true });
}

/** @returns what says in /proc what each of them watches. It can be read in a new user namespace, and not opened there. */
async function openWatchers(folder: OpenFile): Promise<readonly OpenFile[]> {
  const { status, output, errors } = await run(['look'], [folder]);
  if (status !== 0) throw failure(status, errors);
  const watchers: OpenFile[] = [];
  for (const file of output.toString('latin1').split('\0').slice(0, -1))
    await open(file, constants.O_RDONLY).then(
      (opened) => watchers.push(opened),
      () => undefined, // it has ended meanwhile
    );
  return watchers;
}

async function closeAll(files: readonly OpenFile[]): Promise<void> {
  for (const file of files) await file.close();
}

/** In the place of the empty one. Who watches for its owner has to be able to look into it as soon as it is there. */
async function putFolder(made: string, owner: Owner, target: string): Promise<void> {
  await mkdir(made, 0o700);
  await chown(made, owner.uid, owner.gid);
  await rename(made, target);
}

/** A file that another process has made in the new folder meanwhile is not replaced (link(2)). */
async function linkFiles(from: string, to: string): Promise<void> {
  const hasNotKept = await isLinked(from, to, notKeptFile);
  try {
    await link(path.join(from, 'config.json'), path.join(to, 'config.json'));
  } catch (error) {
    if (hasNotKept) await unlink(path.join(to, notKeptFile));
    throw error;
  }
}

async function isLinked(from: string, to: string, name: string): Promise<boolean> {
  try {
    await link(path.join(from, name), path.join(to, name));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false; // all was kept
    throw error;
  }
}

/** Without root the folders may belong to subordinate ids, or be closed to their owner. */
async function rewatch(
  words: readonly string[],
  given: readonly OpenFile[],
  signal?: AbortSignal,
): Promise<void> {
  let end: InitEnd | undefined;
  for (const before of process.geteuid!() === 0 ? [] : [namespaceWords(), namespaceWords('own')])
    if (before && (!end || end.status === notMapped)) end = await run(words, given, signal, before);
  if (!end || end.status === notMapped) end = await run(words, given, signal);
  signal?.throwIfAborted();
  if (end.status !== 0) throw failure(end.status, end.errors);
}

function failure(status: number | null, errors: string): TerrariumError {
  const reason = escapeControlCharacters(errors.trim()) || `exit status ${status}`;
  return new TerrariumError(
    'rewatch-failed',
    `The folders of the new rootfs could not be moved to their place: ${reason}.`,
    'Look at what the reason names, and try again.',
  );
}

async function run(
  words: readonly string[],
  given: readonly OpenFile[],
  signal?: AbortSignal,
  before: readonly string[] = [],
): Promise<InitEnd> {
  const child = spawnInit(
    ['rewatch', ...words],
    given.map(({ fd }) => fd),
    before,
  );
  return endOfInit(child, Buffer.alloc(0), signal);
}
