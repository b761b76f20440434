/** Reads a file of /proc that may be long, or whose read may block (BoundedReads.ts), up to a limit. */
import { open } from 'node:fs/promises';
import { readAt } from '../../core/fs/readBounded';

/**
 * @param limit bytes after which the rest is left out
 * @throws Error of open(2) and read(2)
 */
export async function readProcFile(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    return await readAt(handle, 0, limit);
  } finally {
    await handle.close();
  }
}
