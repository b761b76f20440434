/**
 * What an import or export leaves that was killed (SIGKILL, a power failure): its hidden folder. It has a file that says
 * which process fills it, and the next one beside it removes it. Called by importBundle.ts and newTarget.ts.
 */
import {
  chown,
  lstat,
  mkdir,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { removeBundle } from '../../core/bundle/removeBundle';
import { validateName } from '../../core/bundle/validateName';
import { messageOf } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { withInside } from '../../core/fs/openInside';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { readAt } from '../../core/fs/readBounded';
import { parseStat } from '../../core/procfs/parseStat';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { inSubordinateIds } from '../host/runHelper';

/** In the folder for what is there only while it is filled, or while what is in it moves to its place. */
const makerFile = 'scratch/maker';
const moveFile = 'scratch/move';
const maxMaker = 600;

/** @param scratch of the hidden folder */
export async function writeMaker(scratch: string): Promise<void> {
  await writeFile(path.join(scratch, path.basename(makerFile)), await makerOf('self'), {
    flag: 'wx',
    mode: 0o600,
  });
}

/**
 * Before the rootfs moves to a new folder beside it. The next one that sweeps has to be able to tell it by then.
 * @param folder the hidden one, which is this process's then
 * @param name of the new one
 */
export async function writeMove(folder: string, name: string): Promise<void> {
  await chown(folder, process.geteuid!(), process.getegid!()); // who sweeps looks at it
  const scratch = path.join(folder, path.dirname(moveFile));
  await mkdir(scratch);
  await writeMaker(scratch);
  const words = `${await identityOf(path.join(folder, 'rootfs'))} ${name}`;
  await writeFile(path.join(folder, moveFile), words, { flag: 'wx', mode: 0o600 });
}

/** A time of birth is known to nobody who has not seen the folder: a repository can come with such a file. */
async function identityOf(folder: string): Promise<string> {
  const { dev, ino, birthtimeNs } = await lstat(folder, { bigint: true });
  return `${dev} ${ino} ${birthtimeNs}`;
}

/** @returns the new folder, where the rootfs has moved to it and it is no bundle yet */
async function movedTo(parent: string, folder: string): Promise<string | undefined> {
  const [, identity, name] =
    /^(\d+ \d+ \d+) ([^/\0]+)$/.exec((await readIn(folder, moveFile)) ?? '') ?? [];
  if (identity === undefined || name === undefined || validateName(name) !== undefined)
    return undefined;
  const target = path.join(parent, name);
  const isThere = (file: string) => lstat(path.join(target, file)).then(() => true, unlessMissing);
  if ((await isThere('config.json')) || !(await isThere('rootfs'))) return undefined;
  return (await identityOf(path.join(target, 'rootfs'))) === identity ? target : undefined;
}

function unlessMissing(error: unknown): false {
  if (codeOf(error) === 'ENOENT') return false;
  throw error;
}

/**
 * @param parent where such folders are made
 * @param remove is called for each folder whose maker has ended
 * @returns a warning for each that cannot be removed: it is in nobody's way
 */
export async function sweepUnfinished(parent: string, remove = discard): Promise<string[]> {
  const names = await readdir(parent).catch((error: unknown) => {
    if (codeOf(error) !== 'EACCES') throw error;
    return []; // one may write to a folder that one may not read
  });
  const warnings: string[] = [];
  for (const name of names) {
    if (!/^\..+\.new-[A-Za-z0-9]{6}$/.test(name)) continue;
    const folder = path.join(parent, name);
    try {
      if (!(await isOwn(folder)) || !(await hasEnded(folder))) continue;
      const target = await movedTo(parent, folder);
      if (target !== undefined) await remove(target);
      await remove(folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue; // another one has removed it meanwhile
      const shown = escapeControlCharacters(folder);
      warnings.push(
        `${shown}, left by one that was killed, cannot be removed: ${messageOf(error)}`,
      );
    }
  }
  return warnings;
}

/** Removes it. Its files may belong to subordinate ids. */
export async function discard(folder: string): Promise<void> {
  const parent = await openDirectoryNoFollow(await realpath(path.dirname(folder)));
  try {
    const name = path.basename(folder);
    const { dev, ino } = await lstat(path.join(pathOf(parent), name), { bigint: true });
    const inode = { dev: String(dev), ino: String(ino) };
    const words = ['remove', name, inode.dev, inode.ino];
    const isRoot = process.geteuid!() === 0;
    if (isRoot || (await inSubordinateIds(words, pathOf(parent))) === undefined)
      await removeBundle(parent, name, inode);
  } finally {
    await parent.close();
  }
}

async function isOwn(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === process.geteuid!();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Without such a file it is none of an import. */
async function hasEnded(folder: string): Promise<boolean> {
  const maker = await readIn(folder, makerFile);
  const [, pid, , namespace] = /^([1-9]\d{0,9}) (\d+) (pid:\[\d+\]) \S+$/.exec(maker ?? '') ?? [];
  // Of another PID namespace nothing is known.
  if (pid === undefined || namespace !== (await readlink('/proc/self/ns/pid'))) return false;
  return (await makerOf(pid)) !== maker;
}

function readIn(folder: string, file: string): Promise<string | undefined> {
  return withInside(folder, file, async ({ stat: found, held }) => {
    if (!found.isFile()) return undefined;
    const handle = await open(held, 'r');
    try {
      return (await readAt(handle, 0, maxMaker)).toString('utf8');
    } finally {
      await handle.close();
    }
  });
}

/** PID and start time; with the boot and the PID namespace in which they mean something. */
async function makerOf(pid: string): Promise<string> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
  const namespace = await readlink('/proc/self/ns/pid');
  try {
    const stat = parseStat(await readFile(`/proc/${pid}/stat`));
    return `${stat.pid} ${stat.startTime} ${namespace} ${boot}`;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return '';
    throw error;
  }
}
