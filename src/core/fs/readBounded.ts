/**
 * Reads an untrusted file up to a limit: config.json, and programs of this machine. Files inside a rootfs
 * are for `openInside`.
 */
import { constants } from 'node:fs';
import { type OpenFile, type ReadableFile, open } from './files';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { codeOf } from './codeOf';
import { O_PATH, pathOf } from './openDirectoryNoFollow';

/**
 * Runs `use` on an open regular file and closes it. It is looked at first, through a descriptor that
 * opens nothing (O_PATH): merely opening a device node may do something, and a FIFO waits.
 * @param shown its path in a message, where that is another
 * @returns undefined where the path leads to something else than a regular file
 * @throws TerrariumError `file-leased`; errors of open(2): ENOENT, EACCES, ELOOP for a symlink at the end
 */
export async function withRegularFile<T>(
  file: string,
  use: (handle: OpenFile, size: number) => Promise<T>,
  shown = file,
): Promise<T | undefined> {
  const looked = await open(file, O_PATH | constants.O_NOFOLLOW);
  try {
    const stat = await looked.stat();
    if (stat.isSymbolicLink()) throw isLink(file);
    if (!stat.isFile()) return undefined;
    const handle = await openRegular(pathOf(looked), shown);
    try {
      return await use(handle, stat.size);
    } finally {
      await handle.close();
    }
  } finally {
    await looked.close();
  }
}

/**
 * Whose file it is may have a lease on it (fcntl(2), F_SETLEASE): open(2) would wait for 45 seconds, in a
 * thread that others need, and again for each further lease.
 * @param held of a regular file that was looked at
 * @param shown raw path, for the message
 * @throws TerrariumError `file-leased`; what open(2) says
 */
export async function openRegular(held: string, shown: string): Promise<OpenFile> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  return open(held, flags).catch((error: unknown) => {
    if (codeOf(error) !== 'EAGAIN') throw error;
    throw new TerrariumError(
      'file-leased',
      `${escapeControlCharacters(shown)} cannot be read now: another process has a lease on it (F_SETLEASE), as its owner may have.`,
      'Try again in a minute, when the kernel has ended the lease, and ask whose file it is.',
      { cause: error },
    );
  });
}

/** Not for us to read, or held by a lease of somebody's: what is in it is not known. */
export function isRefused(error: unknown): boolean {
  return ['EACCES', 'file-leased'].includes(codeOf(error) ?? '');
}

/** As open(2) with O_NOFOLLOW alone would say it. */
function isLink(file: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`ELOOP: ${file} is a symbolic link`), { code: 'ELOOP' });
}

/** Bytes that are asked for at once, at first and at most: a limit may be far above what files really hold. */
const [fewestBytes, mostBytes] = [4 * 1024, 64 * 1024];

/**
 * Up to `length` bytes from `position` on; fewer where the file ends before. A position that is no file offset, as a
 * header may claim, is behind the end.
 */
export async function readAt(
  handle: ReadableFile,
  position: number,
  length: number,
): Promise<Buffer> {
  if (!Number.isSafeInteger(position) || position < 0) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let chunk = Buffer.allocUnsafe(Math.min(fewestBytes, length));
  let used = 0;
  for (let filled = 0; filled < length;) {
    if (used === chunk.length) {
      chunks.push(chunk);
      chunk = Buffer.allocUnsafe(Math.min(4 * used, mostBytes, length - filled));
      used = 0;
    }
    const { bytesRead } = await handle.read(chunk, used, chunk.length - used, position + filled);
    if (bytesRead === 0) break;
    used += bytesRead;
    filled += bytesRead;
  }
  const last = chunk.subarray(0, used);
  return chunks.length === 0 ? last : Buffer.concat([...chunks, last]);
}
