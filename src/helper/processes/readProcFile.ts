/** Reads the small files of /proc, many of them per second. Called by the process reader. */
import { close, closeSync, constants, open, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';

// The callback interface: a FileHandle per file costs several times as much.
const [openFile, closeFile] = [promisify(open), promisify(close)];

const flags = constants.O_RDONLY | constants.O_NOFOLLOW;

/** A buffer that is used again and again; one for each read that may be under way at a time. */
export class ProcFileReader {
  /** Grows for a status with many groups: its longest line names 65,536 of them (NGROUPS_MAX). */
  #buffer = Buffer.allocUnsafe(16 * 1024);

  /**
   * The whole content of `stat`, `status` or `children`, valid until the next call. Synchronous:
   * the kernel answers from memory without waiting for anybody, in a tenth of the time that the way
   * through the thread pool takes. `forEachBounded` lets others run in between.
   * @returns undefined where the process is gone (ENOENT before, ESRCH after the file was opened) or
   * hidden from the helper, as strangers are on a /proc with `hidepid=1`
   * @throws Error of open(2) or read(2) for every other reason
   */
  readNow(path: string): Buffer | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, flags);
      for (let filled = 0; ;) {
        const bytes = readSync(
          descriptor,
          this.#buffer,
          filled,
          this.#buffer.length - filled,
          null,
        );
        // A short read is not the end: seq_file gives `children` a page at a time.
        if (bytes === 0) return this.#buffer.subarray(0, filled);
        filled += bytes;
        if (filled === this.#buffer.length) {
          this.#buffer = Buffer.concat([this.#buffer], filled * 2);
        }
      }
    } catch (error) {
      if (isOutOfSight(error)) return undefined;
      throw error;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  /**
   * At most `limit` bytes (up to 16 KiB) of `cmdline`, otherwise as `readNow`. Asynchronous: this
   * file is memory of the process itself, whose lock the process can hold for as long as it likes.
   */
  async readMemory(path: string, limit: number): Promise<Buffer | undefined> {
    let descriptor: number | undefined;
    try {
      descriptor = await openFile(path, flags);
      const bytes = await readInto(descriptor, this.#buffer, limit);
      return this.#buffer.subarray(0, bytes);
    } catch (error) {
      if (isOutOfSight(error)) return undefined;
      throw error;
    } finally {
      if (descriptor !== undefined) await closeFile(descriptor);
    }
  }
}

function readInto(descriptor: number, buffer: Buffer, length: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, length, 0, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    );
  });
}

/** Whether the error says that the process has ended. */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}

/** Gone, or somebody else's process of which the kernel tells us nothing. */
export function isOutOfSight(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return isGone(error) || code === 'EACCES' || code === 'EPERM';
}
