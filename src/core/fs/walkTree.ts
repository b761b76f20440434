/**
 * Visits a file, or a folder tree, while another process may rename files in it. Each visited file is open
 * (O_PATH), so a call through `pathOf` acts on that very file; a symlink is visited itself. One folder is
 * open at a time, as in removeTree.ts. Used by Take Ownership, in a process of its own: file system calls
 * may block. Used by the rootfs check too.
 */
import { type BigIntStats, type Dir, closeSync, fstatSync, opendirSync } from 'node:fs';
import type { OpenFile } from './files';
import { codeOf } from './codeOf';
import { type Identity, enter, goBack, holdSync, identify } from './heldFolders';
import { pathOf } from './openDirectoryNoFollow';

export interface Visited {
  /** Opened with O_PATH; the visitor closes it. */
  readonly fd: number;
  readonly stat: BigIntStats;
  /** Its way from the top on; undefined for the top itself. */
  readonly way: Way | undefined;
  /** The folder that it was found in. */
  readonly holder: BigIntStats;
}

/** A name and those above it: a list of all names for each folder would take the square of the depth. */
export interface Way {
  readonly above: Way | undefined;
  readonly name: Buffer;
}

/** From the top on. */
export function namesOf(way: Way | undefined): Buffer[] {
  const names: Buffer[] = [];
  for (let one = way; one; one = one.above) names.push(one.name);
  return names.reverse();
}

/** A folder on the way down: how it is known again, and what of it is still to be gone into. */
interface Level {
  readonly identity: Identity;
  readonly stat: BigIntStats;
  readonly way: Way | undefined;
  readonly folders: Buffer[];
}

const dot = Buffer.from('.');

/**
 * A folder comes before what is in it. What disappears or changes its type meanwhile is left out.
 * @param parent held folder; it stays open
 * @param name of what is walked over; `.` for the parent itself
 * @param closed told of each folder that may not be looked into (EACCES), which is left out then
 * @throws TerrariumError `folder-moved`, `mounted-below`; what the kernel says: ENOENT, and EACCES without `closed`
 */
export async function* walkTree(
  parent: OpenFile,
  name: Buffer,
  closed?: (way: Way | undefined) => void,
): AsyncGenerator<Visited> {
  const above = await identify(parent);
  const holder = await parent.stat({ bigint: true });
  const top = visit(holdSync(parent, name, above), undefined, holder);
  const isFolder = top.stat.isDirectory();
  yield top;
  if (!isFolder) return;
  const entered = await enter(parent, name, above).catch(unlessChanged);
  if (!entered) return;
  let here = entered;
  try {
    const levels = [await levelOf(here, undefined)];
    yield* filesOf(here, levels[0]!, closed);
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
      const inner = await enter(here, next, level.identity).catch((error: unknown) => {
        if (!closed || codeOf(error) !== 'EACCES') return unlessChanged(error);
        closed({ above: level.way, name: next });
        return undefined;
      });
      if (!inner) continue;
      const found = await lookInto(inner, { above: level.way, name: next }, closed);
      if (!found) continue;
      const [inside, itself] = found;
      await here.close();
      here = inner;
      levels.push(inside);
      yield visit(itself, inside.way, level.stat);
      yield* filesOf(here, inside, closed);
    }
  } finally {
    await here.close();
  }
}

async function levelOf(folder: OpenFile, way: Way | undefined): Promise<Level> {
  const [identity, stat] = await Promise.all([identify(folder), folder.stat({ bigint: true })]);
  return { identity, stat, way, folders: [] };
}

/**
 * There would be no way back from a folder that may not be searched.
 * @param folder is closed where it is not gone into
 * @returns it, and a descriptor of it; undefined where `closed` was told
 */
async function lookInto(
  folder: OpenFile,
  way: Way,
  closed?: (way: Way | undefined) => void,
): Promise<[inside: Level, itself: number] | undefined> {
  try {
    const inside = await levelOf(folder, way);
    return [inside, holdSync(folder, dot, inside.identity)];
  } catch (error) {
    await folder.close();
    if (!closed || codeOf(error) !== 'EACCES') throw error;
    closed(way);
    return undefined;
  }
}

/** Everything in a folder but the folders, whose names are noted. */
function* filesOf(
  folder: OpenFile,
  level: Level,
  closed?: (way: Way | undefined) => void,
): Generator<Visited> {
  const refused = (error: unknown) => {
    if (!closed || codeOf(error) !== 'EACCES') throw error;
    closed(level.way);
  };
  let entries: Dir;
  try {
    // A few at a time: a folder may have a million. A name need not be UTF-8.
    entries = opendirSync(pathOf(folder), {
      encoding: 'buffer' as BufferEncoding,
      bufferSize: 256,
    });
  } catch (error) {
    refused(error);
    return;
  }
  try {
    for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
      const name = Buffer.from(entry.name);
      if (entry.isDirectory()) {
        level.folders.push(name);
        continue;
      }
      let fd: number;
      try {
        fd = holdSync(folder, name, level.identity);
      } catch (error) {
        // May be listed and not looked into: so are all others of the folder.
        if (codeOf(error) === 'EACCES') {
          refused(error);
          return;
        }
        unlessChanged(error);
        continue;
      }
      const found = visit(fd, { above: level.way, name }, level.stat);
      if (found.stat.isDirectory())
        closeSync(fd); // it has become one meanwhile
      else yield found;
    }
  } finally {
    entries.closeSync();
  }
}

function visit(fd: number, way: Way | undefined, holder: BigIntStats): Visited {
  return { fd, way, holder, stat: fstatSync(fd, { bigint: true }) };
}

/** Gone, or of another type by now. */
function unlessChanged(error: unknown): undefined {
  if (!/^(ENOENT|ENOTDIR|ELOOP)$/.test(codeOf(error) ?? '')) throw error;
}
