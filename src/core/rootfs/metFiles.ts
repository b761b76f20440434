/**
 * The files of a tree, looked at by their names in a held folder: one system call for each, where to hold it first takes
 * seven. What is done with one of them begins with holding it. Used by checkRootfs.ts.
 */
import { type Stats, closeSync, constants, fstatSync, lstatSync } from 'node:fs';
import { codeOf } from '../fs/codeOf';
import type { OpenFile } from '../fs/files';
import { type Identified, below, holdSync, identify } from '../fs/heldFolders';
import { pathOf } from '../fs/openDirectoryNoFollow';
import { openRegular } from '../fs/readBounded';
import {
  type Closed,
  type WalkedFolder,
  type Way,
  namesIn,
  namesOf,
  unlessChanged,
  walkFolders,
} from '../fs/walkFolders';

export interface Place {
  /** A folder of the rootfs, held. */
  readonly parent: OpenFile;
  /** The way to it and on to the place; empty for the rootfs itself. */
  readonly names: readonly Buffer[];
  /** Whether something may be mounted below: each file is held then, to be told by its mount. */
  readonly mayHaveMounts: boolean;
  /** Whether the process may be moved into each folder: a look takes a third of the time there. */
  readonly movesProcess: boolean;
  /** Told of each folder that may not be looked into, with its path inside. */
  closed(inside: string): void;
}

/** A folder of the place, held; its path is made where somebody asks for it. */
class HeldFolder {
  readonly held: OpenFile;
  readonly identity: Identified;
  private text: string | undefined;

  constructor(
    { held, identity }: Pick<WalkedFolder, 'held' | 'identity'>,
    readonly names: () => Buffer[],
  ) {
    this.held = held;
    this.identity = identity;
  }

  /** With the slash at its end. */
  get inside(): string {
    return (this.text ??= `/${this.names()
      .map((name) => `${String(name)}/`)
      .join('')}`);
  }
}

export class MetFile {
  /** @param name in its folder, which need not be UTF-8; `.` for the folder itself */
  constructor(
    readonly stat: Pick<Stats, 'mode' | 'uid' | 'gid'>,
    readonly folder: HeldFolder,
    readonly name: Buffer,
  ) {}

  /** Its path inside the rootfs. */
  inside(): string {
    const { inside } = this.folder;
    return this.name === dot ? inside.slice(0, -1) || '/' : `${inside}${String(this.name)}`;
  }

  /** The same, name by name. */
  names(): Buffer[] {
    return this.name === dot ? this.folder.names() : [...this.folder.names(), this.name];
  }
}

const dot = Buffer.from('.');

/**
 * A folder comes before what is in it: one list for each folder, which is to be gone through before the next one. What
 * disappears or changes its type meanwhile is left out.
 * @throws TerrariumError `folder-moved`, `mounted-below`; of the place itself what the kernel says: ENOENT
 */
export async function* metFiles(place: Place): AsyncGenerator<Iterable<MetFile>> {
  const { parent, names } = place;
  const name = names.at(-1) ?? dot;
  const identity = await identify(parent);
  const stat = lookAt(place, parent, name, identity, below(parent, name));
  if (!stat.isDirectory()) {
    const above = new HeldFolder({ held: parent, identity }, () => names.slice(0, -1));
    yield [new MetFile(stat, above, name)];
    return;
  }
  const closed = (way: Way | undefined) =>
    place.closed(`/${namesOf(way, names).map(String).join('/')}`);
  for await (const folder of walkFolders(parent, name, identity, closed))
    yield metIn(place, folder, closed);
}

function* metIn(
  place: Place,
  folder: WalkedFolder,
  closed: Closed,
): Generator<MetFile, void, undefined> {
  const { held, identity, way } = folder;
  const here = new HeldFolder(folder, () => namesOf(way, place.names));
  const { mode, uid, gid } = identity.stat;
  yield new MetFile({ mode: Number(mode), uid: Number(uid), gid: Number(gid) }, here, dot);
  const isHere = place.movesProcess && moveTo(held);
  for (const name of namesIn(folder, closed)) {
    let stat: Stats;
    try {
      stat = lookAt(place, held, name, identity, isHere ? name : below(held, name));
    } catch (error) {
      if (codeOf(error) !== 'EACCES') {
        unlessChanged(error);
        continue;
      }
      // May be listed and not looked into: so are all others of the folder.
      closed(way);
      return;
    }
    // It may have become a folder meanwhile.
    if (!stat.isDirectory()) yield new MetFile(stat, here, name);
  }
}

/** @returns false where it may not be searched (EACCES) */
function moveTo(folder: OpenFile): boolean {
  try {
    process.chdir(pathOf(folder));
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    return false;
  }
}

/**
 * @param path of that name in that folder, for lstat(2)
 * @throws TerrariumError `mounted-below` where another mount begins
 */
function lookAt(
  { mayHaveMounts }: Place,
  parent: OpenFile,
  name: Buffer,
  above: Identified,
  path: Buffer,
): Stats {
  const stat = lstatSync(path);
  if (mayHaveMounts || stat.dev !== Number(above.dev)) closeSync(holdSync(parent, name, above));
  return stat;
}

/**
 * @returns a regular file, open for reading; undefined where it is something else by now, or gone
 * @throws TerrariumError `file-leased`, `mounted-below`; what open(2) says of a regular file: EACCES
 */
export async function openMet({ folder, name }: MetFile, shown: string) {
  let fd: number;
  try {
    fd = holdSync(folder.held, name, folder.identity);
  } catch (error) {
    return unlessChanged(error);
  }
  try {
    if ((fstatSync(fd).mode & constants.S_IFMT) !== constants.S_IFREG) return undefined;
    return await openRegular(pathOf({ fd }), shown);
  } finally {
    closeSync(fd);
  }
}
