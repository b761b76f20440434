/**
 * Reads files of containers' processes on the main thread, each within a limit. Who reads `stat`, `status`
 * or `cmdline` of a process holds its memory for a moment, and where the process ends just then it is the
 * reader that unmaps it: a dirty file of a FUSE is written back first, and that FUSE is a process of the
 * container, which need not answer. `syscall` waits for an execve(2) that does the same. A read that is
 * held up keeps one of libuv's threads (libuvThreads.ts), so only few may be outstanding in the whole helper.
 * Used by all that looks at processes without a ReaderThread.
 */
import { TerrariumError } from '../../core/errors';

/** In milliseconds; a read takes a tenth of one. */
const usualLimit = 1000;

/** The other threads are left for everything else. */
const mostAtOnce = 2;

export class BoundedReads {
  /** Reads that have passed their limit and not come back. */
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
   * @returns undefined where it is not known: it took too long, or too many others still do
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

/** That of the helper: every read shares its limit. */
export const boundedReads = new BoundedReads();

/** What is said where an answer is needed. */
export function heldUp(hostPid: number): TerrariumError {
  return new TerrariumError(
    'process-held-up',
    `Process ${hostPid} of the machine keeps everybody waiting who looks at it, or others of a container do so already: a file system that is mounted there (FUSE) does not answer.`,
    'Stop the container that it is of.',
  );
}
