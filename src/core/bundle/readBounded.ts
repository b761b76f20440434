/**
 * Opens a file that somebody else may have prepared and reads no more of it than wanted. For
 * everything in `core/bundle` that looks into a bundle.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Neither follows a link in the last component nor waits for the other end of a FIFO (open(2)). */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY;

/**
 * Runs `use` on an open regular file and closes it.
 * @returns undefined where the path leads to something else than a regular file
 * @throws what open(2) says: ENOENT, EACCES, ELOOP for a symbolic link, ENXIO for a socket
 */
export async function withRegularFile<T>(
  file: string,
  use: (handle: FileHandle, size: number) => Promise<T>,
): Promise<T | undefined> {
  const handle = await open(file, flags);
  try {
    const stat = await handle.stat();
    return stat.isFile() ? await use(handle, stat.size) : undefined;
  } finally {
    await handle.close();
  }
}

/** Bytes that are asked for at once: a limit may be far above what files really hold. */
const chunkBytes = 64 * 1024;

/** Up to `length` bytes from `position` on; fewer where the file ends before. */
export async function readAt(
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let filled = 0; filled < length;) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, length - filled));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position + filled);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    filled += bytesRead;
  }
  return Buffer.concat(chunks);
}
