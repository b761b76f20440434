/** Reads the small files of /proc, many of them per second. Called by the process reader. */
import { closeSync, constants, openSync, readSync } from 'node:fs';

const flags = constants.O_RDONLY | constants.O_NOFOLLOW;

/** Longest stat line: 52 numbers of at most 20 digits, and a name. */
const maxStat = 2048;

/**
 * Synchronous throughout: the kernel answers from memory, in a tenth of the time that the way through
 * Node's thread pool takes. It runs in a thread of its own, because a process can hold up who reads
 * (BoundedReads.ts says how); what is read of a process is announced, so that another thread can take over.
 */
export class ProcFiles {
  /** Grows for a status with many groups: its longest line names 65,536 of them (NGROUPS_MAX). */
  #buffer = Buffer.allocUnsafe(16 * 1024);

  /**
   * @param waiting told the host PID before a file of that process is read, and 0 after it: such a
   *   read takes as long as the process likes (its arguments may lie in a file of a FUSE of its own)
   */
  constructor(private readonly waiting: (hostPid: number) => void = () => undefined) {}

  /** What `read` reads of a process is announced; for one read at a time. */
  during<T>(hostPid: number, read: () => T): T {
    this.waiting(hostPid);
    try {
      return read();
    } finally {
      this.waiting(0);
    }
  }

  /**
   * As `readOf`, for `stat` and `status`: one record each, which the kernel gives in one piece.
   * @param file below its folder in /proc: `stat`, `task/4711/stat`
   */
  readRecord(hostPid: number, file: string): Buffer | undefined {
    const content = this.during(hostPid, () =>
      this.#opened(`/proc/${hostPid}/${file}`, undefined, (descriptor) => {
        const bytes = readSync(descriptor, this.#buffer, 0, this.#buffer.length, 0);
        return this.#buffer.subarray(0, bytes);
      }),
    );
    return content?.length === this.#buffer.length ? this.readOf(hostPid, file) : content;
  }

  /** As `read`, of a process. */
  readOf(hostPid: number, file: string, limit?: number, untold?: Untold): Buffer | undefined {
    return this.during(hostPid, () => this.read(`/proc/${hostPid}/${file}`, limit, untold));
  }

  /**
   * The whole content of a file, valid until the next call; undefined as `ifTold` says.
   * @param limit bytes after which the rest is left out
   */
  read(path: string, limit = Infinity, untold?: Untold): Buffer | undefined {
    return this.#opened(path, untold, (descriptor) => {
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

  /**
   * At most `limit` bytes (up to 16 KiB) of what is or needs the memory of a process; see `read`.
   * @param file below its folder in /proc: `cmdline`, `task/4711/environ`
   */
  readMemory(hostPid: number, file: string, limit: number, untold?: Untold): Buffer | undefined {
    return this.during(hostPid, () =>
      this.#opened(`/proc/${hostPid}/${file}`, untold, (descriptor) =>
        this.#buffer.subarray(0, readSync(descriptor, this.#buffer, 0, limit, 0)),
      ),
    );
  }

  /** A descriptor to `reread`, which the caller closes; undefined as for `read`, and where there are too many. */
  open(path: string): number | undefined {
    try {
      return ifTold(() => openSync(path, flags));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EMFILE' || code === 'ENFILE') return undefined;
      throw error;
    }
  }

  /** A stat file from its start, valid until the next call; undefined once the process has been reaped. */
  reread(hostPid: number, descriptor: number): Buffer | undefined {
    this.waiting(hostPid);
    try {
      const bytes = readSync(descriptor, this.#buffer, 0, maxStat, 0);
      return bytes === 0 ? undefined : this.#buffer.subarray(0, bytes);
    } catch (error) {
      if (isUntold(error)) return undefined;
      throw error;
    } finally {
      this.waiting(0);
    }
  }

  #opened(
    path: string,
    untold: Untold | undefined,
    use: (descriptor: number) => Buffer,
  ): Buffer | undefined {
    return ifTold(() => {
      const descriptor = openSync(path, flags);
      try {
        return use(descriptor);
      } finally {
        closeSync(descriptor);
      }
    }, untold);
  }
}

/** Told the name of the errno with which the kernel refused. */
export type Untold = (errno: string) => void;

/**
 * The errors with which open(2), read(2), readlink(2) and getdents(2) say that /proc has nothing to tell
 * of a process. Which of them it is depends on the file: of one and the same zombie `exe` is ENOENT,
 * `environ` ESRCH, and `mountinfo` and `net` are EINVAL.
 */
const untoldErrors: ReadonlySet<string | undefined> = new Set([
  // It has ended, or that part of it has.
  ...['ENOENT', 'ESRCH', 'EINVAL'],
  // Another user's, or one that may not be traced; with `hidepid=1` every other user's.
  ...['EACCES', 'EPERM'],
  // d_path(): the path is longer than a page.
  'ENAMETOOLONG',
  // Its cgroup was removed between open(2) and read(2).
  'ENODEV',
]);

/**
 * What the kernel tells; undefined where it tells nothing of this process.
 * @throws Error of the system call for every other reason
 */
export function ifTold<T>(ask: () => T, untold?: Untold): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!isUntold(error)) throw error;
    untold?.(error.code);
    return undefined;
  }
}

/** Whether /proc has nothing to tell, for one of the reasons that lie in the process. */
export function isUntold(error: unknown): error is { readonly code: string } {
  return untoldErrors.has((error as NodeJS.ErrnoException).code);
}

/** Whether the error says that the process has ended. */
export function isProcessGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ESRCH';
}
