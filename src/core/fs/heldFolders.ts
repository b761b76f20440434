/**
 * Steps between folders that are open by descriptors (O_PATH), to walk a tree while another process may
 * rename files in it. Used by removeTree.ts and walkTree.ts.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type OpenFile, open, readFile } from './files';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { fdinfoField } from './fdinfoField';
import { O_PATH, pathOf } from './openDirectoryNoFollow';

/** Which file of which mount. A bind mount of the same file system has another mount id. */
export interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mount: string;
}

/** An identity, with all that fstat(2) says. */
export interface Identified extends Identity {
  readonly stat: BigIntStats;
}

export async function identify(handle: OpenFile): Promise<Identified> {
  const [stat, info] = await Promise.all([
    handle.stat({ bigint: true }),
    readFile(`/proc/self/fdinfo/${handle.fd}`, 'utf8'),
  ]);
  return { dev: stat.dev, ino: stat.ino, mount: mountOf(info), stat };
}

function identifySync(fd: number): Identity {
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return { dev, ino, mount: mountOf(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) };
}

function mountOf(fdinfo: string): string {
  return fdinfoField(fdinfo, 'mnt_id') ?? '';
}

/**
 * A folder in a held one, without following a link.
 * @throws TerrariumError `mounted-below` where another mount begins; what open(2) says: ENOENT, ENOTDIR
 */
export async function enter(parent: OpenFile, name: Buffer, above: Identity): Promise<OpenFile> {
  const [handle] = await enterKnown(parent, name, above);
  return handle;
}

/** The same, and what it is known by. */
export async function enterKnown(
  parent: OpenFile,
  name: Buffer,
  above: Identity,
): Promise<[OpenFile, Identified]> {
  const handle = await openFolder(below(parent, name), constants.O_NOFOLLOW);
  try {
    const identity = await identify(handle);
    requireSameMount(identity, name, above);
    return [handle, identity];
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Anything in a held folder; a symbolic link is opened itself. Waits for the file system: a walk over a
 * hundred thousand files is ten times faster so, and has a process of its own.
 * @returns a descriptor opened with O_PATH, to be closed by the caller
 * @throws as `enter`
 */
export function holdSync(parent: Pick<OpenFile, 'fd'>, name: Buffer, above: Identity): number {
  const fd = openSync(below(parent, name), O_PATH | constants.O_NOFOLLOW);
  try {
    requireSameMount(identifySync(fd), name, above);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** To the parent, if `..` still leads to it. @throws TerrariumError `folder-moved` */
export async function goBack(from: OpenFile, expected: Identity, name: Buffer): Promise<OpenFile> {
  const handle = await openFolder(`${pathOf(from)}/..`);
  const { dev, ino, mount } = await identify(handle);
  if (dev === expected.dev && ino === expected.ino && mount === expected.mount) return handle;
  await handle.close();
  throw moved(name);
}

export function moved(name: Buffer): TerrariumError {
  return new TerrariumError(
    'folder-moved',
    `${escapeControlCharacters(String(name))} was moved meanwhile.`,
    'Look at who else may write to the folders above it, and try again.',
  );
}

/** A name need not be UTF-8. */
export function below(folder: Pick<OpenFile, 'fd'>, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${pathOf(folder)}/`), name]);
}

function requireSameMount({ dev, mount }: Identity, name: Buffer, above: Identity): void {
  if (dev === above.dev && mount === above.mount) return;
  throw new TerrariumError(
    'mounted-below',
    `Something is mounted at ${escapeControlCharacters(String(name))}.`,
    'Unmount it first: its files would be changed too.',
  );
}

function openFolder(place: string | Buffer, flags = 0): Promise<OpenFile> {
  return open(place, O_PATH | constants.O_DIRECTORY | flags);
}
