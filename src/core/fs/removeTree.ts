/**
 * Removes a folder tree while another process may rename files in it. Each folder is opened relative to its
 * parent's descriptor with O_NOFOLLOW, and names are removed relative to an open folder: a folder swapped for
 * a symlink has nothing removed elsewhere. One folder is open at a time; `..` leads back, and must be the
 * folder that was left (as in fts(3)).
 * Used by Delete Container, in the editor and in the helper, and for cgroups (`removeFolders`).
 */
import { promises } from 'node:fs';
import type { OpenFile } from './files';
import { codeOf } from './codeOf';
import { type Identity, below, enter, goBack, identify, moved } from './heldFolders';
import { pathOf } from './openDirectoryNoFollow';

/** How many names of one folder are removed at the same time. */
const atOnce = 16;

/** How often a folder is listed again because what was in it has changed meanwhile. */
const mostConflicts = 100;

/** A folder on the way down: how it is known again, and what of it is still to be gone into. */
interface Level {
  readonly name: Buffer;
  readonly identity: Identity;
  folders: Buffer[];
}

/**
 * @param parent held folder, opened with O_PATH; it stays open
 * @param name of a folder in it; one that is not there is an error (ENOENT), a link is too (ENOTDIR)
 * @param expected st_dev and st_ino of that folder; another one is not removed
 * @throws TerrariumError `folder-moved` where a folder was moved elsewhere meanwhile, `mounted-below`
 *   where another mount begins; what the kernel says (EACCES, EPERM)
 */
export function removeTree(
  parent: OpenFile,
  name: string | Buffer,
  expected?: { readonly dev: string; readonly ino: string },
): Promise<void> {
  return remove(parent, name, empty, expected);
}

/**
 * The same where the files go with their folder, as those of a cgroup do: they have no unlink(2).
 * @throws as `removeTree`; EBUSY of the first folder that is in use
 */
export function removeFolders(parent: OpenFile, name: string): Promise<void> {
  return remove(parent, name, async (folder) => (await entriesOf(folder)).folders);
}

/** @param empty removes all but the folders of a folder, and returns their names */
async function remove(
  parent: OpenFile,
  name: string | Buffer,
  empty: (folder: OpenFile) => Promise<Buffer[]>,
  expected?: { readonly dev: string; readonly ino: string },
): Promise<void> {
  const top = Buffer.from(name);
  const above = await identify(parent);
  let here = await enter(parent, top, above);
  let conflicts = 0;
  /** What was listed is something else by now: look again, but not for ever. */
  const again = async (level: Level, error: unknown) => {
    if (
      !/^(ENOTDIR|ELOOP|ENOTEMPTY|EEXIST)$/.test(codeOf(error) ?? '') ||
      ++conflicts > mostConflicts
    )
      throw error;
    level.folders = await empty(here);
  };
  try {
    const identity = await identify(here);
    if (expected && (`${identity.dev}` !== expected.dev || `${identity.ino}` !== expected.ino))
      throw moved(top);
    const levels: Level[] = [{ name: top, identity, folders: await empty(here) }];
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const next = level.folders.pop();
      if (!next) {
        levels.pop();
        const outer = levels.at(-1);
        const back = await goBack(here, outer?.identity ?? above, level.name);
        await here.close();
        here = back;
        if (!outer) await requireSame(here, level);
        const removed = promises.rmdir(below(here, level.name)).catch(unlessGone);
        await (outer ? removed.catch((error: unknown) => again(outer, error)) : removed);
        continue;
      }
      try {
        const inner = await enter(here, next, level.identity);
        await here.close();
        here = inner;
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') await again(level, error);
        continue;
      }
      levels.push({ name: next, identity: await identify(here), folders: await empty(here) });
    }
  } finally {
    await here.close();
  }
}

async function entriesOf(folder: OpenFile) {
  const entries = await promises.readdir(pathOf(folder), {
    withFileTypes: true,
    encoding: 'buffer',
  });
  return {
    folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    files: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
  };
}

/** Removes all but the folders of a folder, also where its mode closes it to its own owner. @returns their names */
async function empty(folder: OpenFile): Promise<Buffer[]> {
  try {
    return await emptyOpen(folder);
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    // The work directory of an overlay has mode 0, and keeps a file in it.
    const isOwn = await promises.chmod(pathOf(folder), 0o700).then(
      () => true,
      () => false,
    );
    if (!isOwn) throw error;
    return emptyOpen(folder);
  }
}

async function emptyOpen(folder: OpenFile): Promise<Buffer[]> {
  const { folders, files } = await entriesOf(folder);
  const remove = async (file: (typeof files)[number]) => {
    try {
      await promises.unlink(below(folder, file));
    } catch (error) {
      // It has become a folder meanwhile.
      if (codeOf(error) === 'EISDIR') folders.push(file);
      else unlessGone(error);
    }
  };
  for (let first = 0; first < files.length; first += atOnce)
    await Promise.all(files.slice(first, first + atOnce).map(remove));
  return folders;
}

/** What is to go last is still the folder that was emptied. */
async function requireSame(parent: OpenFile, { name, identity }: Level): Promise<void> {
  const now = await promises.lstat(below(parent, name), { bigint: true });
  if (now.dev !== identity.dev || now.ino !== identity.ino) throw moved(name);
}

/** Another process has removed it. */
function unlessGone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
