/** Reads the small files of /proc, many of them per second. Called by the process reader. */
import { closeSync, constants, openSync, readSync } from 'node:fs';

const flags = constants.O_RDONLY | constants.O_NOFOLLOW;

/** Longest stat line: 52 numbers of at most 20 digits, and a name. */
const maxStat = 2048;

/**
 * Synchronous throughout: the kernel answers from memory without waiting for anybody, in a tenth of
 * the time that the way through Node's thread pool takes. It runs in a thread of its own.
 */
export class ProcFiles {
  /** Grows for a status with many groups: its longest line names 65,536 of them (NGROUPS_MAX). */
  #buffer = Buffer.allocUnsafe(16 * 1024);

  /**
   * @param waiting told the host PID before memory of that process is read, and 0 after it: such a
   *   read takes as long as the process likes (its arguments may lie in a file of a FUSE of its own)
   */
  constructor(private readonly waiting: (hostPid: number) => void = () => undefined) {}

  /** As `read`, for `stat` and `status`: one record each, which the kernel gives in one piece. */
  readRecord(path: string): Buffer | undefined {
    const content = this.#opened(path, (descriptor) => {
      const bytes = readSync(descriptor, this.#buffer, 0, this.#buffer.length, 0);
      return this.#buffer.subarray(0, bytes);
    });
    return content?.length === this.#buffer.length ? this.read(path) : content;
  }

  /**
   * The whole content of a file, valid until the next call.
   * @returns undefined where the process is gone (ENOENT before, ESRCH after the file was opened) or
   * hidden from the helper, as strangers are on a /proc with `hidepid=1`
   * @param limit bytes after which the rest is left out
   * @throws Error of open(2) or read(2) for every other reason
   */
  read(path: string, limit = Infinity): Buffer | undefined {
    return this.#opened(path, (descriptor) => {
      for (let filled = 0; ;) {
        const room = this.#buffer.length - filled;
        const bytes = readSync(descriptor, this.#buffer, filled, room, null);
        // A short read is not the end: seq_file gives long files a page at a time.
        filled += bytes;
        if (bytes === 0 || filled >= limit) return this.#buffer.subarray(0, filled);
        if (filled === this.#buffer.length) {
          this.#buffer = Buffer.concat([this.#buffer], filled * 2);
        }
      }
    });
  }

  /** At most `limit` bytes (up to 16 KiB) of what is or needs the memory of a process; see `read`. */
  readMemory(hostPid: number, name: string, limit: number): Buffer | undefined {
    this.waiting(hostPid);
    try {
      return this.#opened(`/proc/${hostPid}/${name}`, (descriptor) =>
        this.#buffer.subarray(0, readSync(descriptor, this.#buffer, 0, limit, 0)),
      );
    } finally {
      this.waiting(0);
    }
  }

  /** A descriptor to `reread`, which the caller closes; undefined as for `read`, and where there are too many. */
  open(path: string): number | undefined {
    try {
      return openSync(path, flags);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (isOutOfSight(error) || code === 'EMFILE' || code === 'ENFILE') return undefined;
      throw error;
    }
  }

  /** A stat file from its start, valid until the next call; undefined once the process has been reaped. */
  reread(descriptor: number): Buffer | undefined {
    try {
      const bytes = readSync(descriptor, this.#buffer, 0, maxStat, 0);
      return bytes === 0 ? undefined : this.#buffer.subarray(0, bytes);
    } catch (error) {
      if (isOutOfSight(error)) return undefined;
      throw error;
    }
  }

  #opened(path: string, use: (descriptor: number) => Buffer): Buffer | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, flags);
      return use(descriptor);
    } catch (error) {
      if (isOutOfSight(error)) return undefined;
      throw error;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
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
