/**
 * Goes through the folders of a tree while another process may rename files in it. One folder is open at a time, as in
 * removeTree.ts; a link is not followed, and no other mount is entered. What is in a folder besides is for the caller.
 * Used by walkTree.ts and by the rootfs check.
 */
import { type BigIntStats, type Dir, opendirSync } from 'node:fs';
import { codeOf } from './codeOf';
import { type OpenFile, lstat } from './files';
import { type Identified, enterKnown, goBack } from './heldFolders';
import { pathOf } from './openDirectoryNoFollow';

/** A name and those above it: a list of all names for each folder would take the square of the depth. */
export interface Way {
  readonly above: Way | undefined;
  readonly name: Buffer;
}

/** @param start names above the top @returns from there on */
export function namesOf(way: Way | undefined, start: readonly Buffer[] = []): Buffer[] {
  const names: Buffer[] = [];
  for (let one = way; one; one = one.above) names.push(one.name);
  return [...start, ...names.reverse()];
}

/** A folder that the walk has come to. It is open until the walk goes on. */
export interface WalkedFolder {
  /** Opened with O_PATH; the walk closes it. */
  readonly held: OpenFile;
  readonly identity: Identified;
  /** Its way from the top on; undefined for the top itself. */
  readonly way: Way | undefined;
  /** The folder that it was found in; undefined for the top. */
  readonly holder: BigIntStats | undefined;
  /** Names of folders in it that are still to be gone into: `namesIn` notes them. */
  readonly folders: Buffer[];
}

/** Told of each folder that may not be looked into (EACCES), which is left out then. */
export type Closed = (way: Way | undefined) => void;

/** On the way down: how a folder is known again. */
type Level = Omit<WalkedFolder, 'held'>;

const dot = Buffer.from('.');

/**
 * A folder comes before those in it. What disappears or changes its type meanwhile is left out.
 * @param parent held folder; it stays open
 * @param name of the top in it; `.` for the parent itself
 * @throws TerrariumError `folder-moved`, `mounted-below`; what the kernel says: EACCES without `closed`
 */
export async function* walkFolders(
  parent: OpenFile,
  name: Buffer,
  above: Identified,
  closed?: Closed,
): AsyncGenerator<WalkedFolder> {
  const entered = await enterKnown(parent, name, above).catch(unlessChanged);
  if (!entered) return;
  let [here, identity] = entered;
  try {
    const levels: Level[] = [{ identity, way: undefined, holder: undefined, folders: [] }];
    yield { held: here, ...levels[0]! };
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const next = level.folders.pop();
      if (!next) {
        levels.pop();
        const outer = levels.at(-1);
        if (!outer) return;
        const back = await goBack(here, outer.identity, level.way?.name ?? dot);
        await here.close();
        here = back;
        continue;
      }
      const way = { above: level.way, name: next };
      const found = await enterSearchable(here, way, level.identity, closed);
      if (!found) continue;
      await here.close();
      [here, identity] = found;
      const inner = { identity, way, holder: level.identity.stat, folders: [] };
      levels.push(inner);
      yield { held: here, ...inner };
    }
  } finally {
    await here.close();
  }
}

/**
 * There would be no way back from a folder that may not be searched.
 * @returns undefined where it is left out
 */
async function enterSearchable(
  parent: OpenFile,
  way: Way,
  above: Identified,
  closed?: Closed,
): Promise<[OpenFile, Identified] | undefined> {
  const refused = (error: unknown) => {
    if (!closed || codeOf(error) !== 'EACCES') throw error;
    closed(way);
    return undefined;
  };
  const found = await enterKnown(parent, way.name, above).catch((error: unknown) =>
    codeOf(error) === 'EACCES' ? refused(error) : unlessChanged(error),
  );
  if (!found) return undefined;
  try {
    await lstat(`${pathOf(found[0])}/.`);
    return found;
  } catch (error) {
    await found[0].close();
    return refused(error);
  }
}

/** The names of all that is in a folder but the folders, which are noted for the walk. */
export function* namesIn(
  { held, way, folders }: WalkedFolder,
  closed?: Closed,
): Generator<Buffer, void, undefined> {
  let entries: Dir;
  try {
    // A few at a time: a folder may have a million. A name need not be UTF-8.
    entries = opendirSync(pathOf(held), { encoding: 'buffer' as BufferEncoding, bufferSize: 256 });
  } catch (error) {
    if (!closed || codeOf(error) !== 'EACCES') throw error;
    closed(way);
    return;
  }
  try {
    for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
      const name = entry.name as unknown as Buffer;
      if (entry.isDirectory()) folders.push(name);
      else yield name;
    }
  } finally {
    entries.closeSync();
  }
}

/** Gone, or of another type by now. */
export function unlessChanged(error: unknown): undefined {
  if (!/^(ENOENT|ENOTDIR|ELOOP)$/.test(codeOf(error) ?? '')) throw error;
}
