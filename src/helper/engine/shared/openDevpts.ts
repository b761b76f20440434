/**
 * Opens the pseudo-terminal multiplexer of a running container: the file /dev/pts/ptmx of its own devpts,
 * in which a session's terminal then has a name. What lies there is the container's choice and may change
 * at any moment. So the way is walked by descriptors that open nothing (O_PATH), and no link is followed.
 * Called by startSession.ts.
 */
import { constants, open as openFile } from 'node:fs';
import { type FileHandle, open, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { pathOf } from '../../../core/fs/openDirectoryNoFollow';
import { codeOf } from '../../../core/bundle/fileProblem';
import { liveRoot } from './sessionProgram';

/** Of open(2); Node's constants do not have it. The same number on every architecture of Node but SPARC. */
const O_PATH = 0o10000000;
/** DEVPTS_SUPER_MAGIC of statfs(2). */
const devptsMagic = 0x1cd1;
/** 5:2, in the encoding of makedev(3). */
const ptmxDevice = 0x502;

const missing: ReadonlySet<string | undefined> = new Set([
  ...['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ESRCH'],
]);

export interface Devpts {
  /** Its root folder. */
  readonly folder: FileHandle;
  readonly ptmx: FileHandle;
}

/**
 * Opens a new terminal there.
 * @returns its master, which the caller closes; undefined where this user may not open one (ptmxmode=)
 */
export async function openMaster({ ptmx }: Devpts): Promise<number | undefined> {
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
  try {
    return await promisify(openFile)(pathOf(ptmx), O_RDWR | O_NOCTTY | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'EACCES') return undefined;
    throw error;
  }
}

/** @returns undefined where the container has no devpts at /dev/pts; otherwise both are to be closed */
export async function openDevpts(hostPid: number): Promise<Devpts | undefined> {
  const opened: FileHandle[] = [];
  const enter = async (path: string, flags: number) => {
    const handle = await open(path, O_PATH | flags);
    opened.push(handle);
    return handle;
  };
  const below = (folder: FileHandle, name: string) => `/proc/self/fd/${folder.fd}/${name}`;
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    const root = await enter(liveRoot(hostPid), O_DIRECTORY);
    const dev = await enter(below(root, 'dev'), O_DIRECTORY | O_NOFOLLOW);
    const folder = await enter(below(dev, 'pts'), O_DIRECTORY | O_NOFOLLOW);
    const ptmx = await enter(below(folder, 'ptmx'), O_NOFOLLOW);
    const stat = await ptmx.stat();
    const { type } = await statfs(`/proc/self/fd/${ptmx.fd}`);
    if (!stat.isCharacterDevice() || stat.rdev !== ptmxDevice || type !== devptsMagic)
      return undefined;
    opened.splice(opened.indexOf(folder), 1);
    opened.splice(opened.indexOf(ptmx), 1);
    return { folder, ptmx };
  } catch (error) {
    if (missing.has(codeOf(error))) return undefined;
    throw error;
  } finally {
    for (const handle of opened) await handle.close();
  }
}
