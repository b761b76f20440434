/**
 * Visits a file, or a folder tree, while another process may rename files in it. Each visited file is open
 * (O_PATH), so a call through `pathOf` acts on that very file; a symlink is visited itself. Used by Take Ownership, in a
 * process of its own: file system calls may block.
 */
import { type BigIntStats, closeSync, fstatSync } from 'node:fs';
import type { OpenFile } from './files';
import { holdSync, identify } from './heldFolders';
import { type WalkedFolder, type Way, namesIn, unlessChanged, walkFolders } from './walkFolders';

export interface Visited {
  /** Opened with O_PATH; the visitor closes it. */
  readonly fd: number;
  readonly stat: BigIntStats;
  /** Its way from the top on; undefined for the top itself. */
  readonly way: Way | undefined;
  /** The folder that it was found in. */
  readonly holder: BigIntStats;
}

const dot = Buffer.from('.');

/**
 * A folder comes before what is in it. What disappears or changes its type meanwhile is left out.
 * @param parent held folder; it stays open
 * @param name of what is walked over; `.` for the parent itself
 * @throws TerrariumError `folder-moved`, `mounted-below`; what the kernel says: ENOENT, EACCES
 */
export async function* walkTree(parent: OpenFile, name: Buffer): AsyncGenerator<Visited> {
  const above = await identify(parent);
  const top = visit(holdSync(parent, name, above), undefined, above.stat);
  const isFolder = top.stat.isDirectory();
  yield top;
  if (!isFolder) return;
  for await (const folder of walkFolders(parent, name, above)) {
    const { held, identity, way, holder } = folder;
    if (holder) yield visit(holdSync(held, dot, identity), way, holder);
    yield* filesOf(folder);
  }
}

/** Everything in a folder but the folders. */
function* filesOf(folder: WalkedFolder): Generator<Visited> {
  const { held, identity, way } = folder;
  for (const name of namesIn(folder)) {
    let fd: number;
    try {
      fd = holdSync(held, name, identity);
    } catch (error) {
      unlessChanged(error);
      continue;
    }
    const found = visit(fd, { above: way, name }, identity.stat);
    if (found.stat.isDirectory())
      closeSync(fd); // it has become one meanwhile
    else yield found;
  }
}

function visit(fd: number, way: Way | undefined, holder: BigIntStats): Visited {
  return { fd, way, holder, stat: fstatSync(fd, { bigint: true }) };
}
