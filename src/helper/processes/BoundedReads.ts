/**
 * Reads /proc files of containers' processes on the main thread, each with a timeout. A read of `stat`,
 * `status` or `cmdline` takes a reference to the process's memory. If the process ends meanwhile, the reader
 * unmaps the memory and first writes back dirty pages of a FUSE file; a FUSE server in the container need not
 * answer. `syscall` waits for an execve(2) that does the same. A blocked read keeps one of libuv's threads
 * (libuvThreads.ts), so only few are allowed in the whole helper. Used by all that reads processes without
 * a ReaderThread.
 */
import { TerrariumError } from '../../core/errors';

/** In milliseconds; a read takes a tenth of one. */
const usualLimit = 1000;

/** Leaves the other threads for all other work. */
const mostAtOnce = 2;

export class BoundedReads {
  /** Reads that are overdue and still blocked. */
  readonly #held = new Set<{ readonly hostPid: number }>();
  readonly #waiting: { readonly begin: () => void; readonly giveUp: () => void }[] = [];
  #running = 0;

  constructor(
    private readonly limit = usualLimit,
    private readonly atOnce = mostAtOnce,
  ) {}

  /**
   * @param read one file after the other, of that process
   * @param limit in milliseconds, from its beginning
   * @returns undefined after a timeout, and where too many reads are blocked
   * @throws what `read` throws
   */
  ask<T>(hostPid: number, read: () => Promise<T>, limit = this.limit): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(undefined);
      const begin = () => {
        if ([...this.#held].some((one) => one.hostPid === hostPid)) {
          giveUp();
          this.#next();
          return;
        }
        this.#running++;
        const held = { hostPid };
        let isBack = false;
        const pass = () => {
          if (isBack) return;
          this.#held.add(held);
          giveUp();
          if (this.#held.size >= this.atOnce)
            for (const one of this.#waiting.splice(0)) one.giveUp();
        };
        // Where the event loop itself was late, what has been read meanwhile is taken first.
        const timer = setTimeout(() => setImmediate(pass), limit);
        const end = () => {
          isBack = true;
          clearTimeout(timer);
          this.#held.delete(held);
          this.#running--;
          this.#next();
        };
        read().finally(end).then(resolve, reject);
      };
      if (this.#running < this.atOnce) begin();
      else if (this.#held.size >= this.atOnce) giveUp();
      else this.#waiting.push({ begin, giveUp });
    });
  }

  #next(): void {
    if (this.#running < this.atOnce) this.#waiting.shift()?.begin();
  }
}

/** The helper's only one, so that all reads share its limit. */
export const boundedReads = new BoundedReads();

/** The error where an answer is required. */
export function heldUp(hostPid: number): TerrariumError {
  return new TerrariumError(
    'process-held-up',
    `Process ${hostPid} of the machine keeps everybody waiting who looks at it, or others of a container do so already: a file system that is mounted there (FUSE) does not answer.`,
    'Stop the container that it is of.',
  );
}
