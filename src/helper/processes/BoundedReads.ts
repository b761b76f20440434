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

interface Read {
  readonly hostPid: number;
  /** A container, which may block a part of all reads. Empty for none. */
  readonly group: string;
  /** When it was overdue, in milliseconds since the epoch; undefined while it is not. */
  blockedSince?: number;
}

interface Waiting {
  readonly group: string;
  readonly begin: () => void;
  readonly giveUp: () => void;
}

/** A process that a read waits for. */
export interface Blocking {
  readonly hostPid: number;
  /** In milliseconds since the epoch. */
  readonly since: number;
}

export class BoundedReads {
  /** Blocked ones too. */
  readonly #underWay = new Set<Read>();
  #waiting: Waiting[] = [];

  /** @param perGroup how many reads of one group are under way at once */
  constructor(
    private readonly limit = usualLimit,
    private readonly atOnce = mostAtOnce,
    private readonly perGroup = atOnce,
  ) {}

  /**
   * @param read one file after the other, of that process
   * @param limit in milliseconds, from its beginning
   * @returns undefined after a timeout, and where too many reads are blocked
   * @throws what `read` throws
   */
  ask<T>(
    hostPid: number,
    read: () => Promise<T>,
    limit = this.limit,
    group = '',
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(undefined);
      const begin = () => {
        if (this.blocking().some((one) => one.hostPid === hostPid)) {
          giveUp();
          this.#next();
          return;
        }
        const underWay: Read = { hostPid, group };
        this.#underWay.add(underWay);
        const pass = () => {
          if (!this.#underWay.has(underWay)) return;
          underWay.blockedSince = Date.now();
          giveUp();
          const hopeless = this.#waiting.filter((one) => this.isFull(one.group));
          this.#waiting = this.#waiting.filter((one) => !hopeless.includes(one));
          for (const one of hopeless) one.giveUp();
        };
        // Where the event loop itself was late, what has been read meanwhile is taken first.
        const timer = setTimeout(() => setImmediate(pass), limit);
        const end = () => {
          clearTimeout(timer);
          this.#underWay.delete(underWay);
          this.#next();
        };
        read().finally(end).then(resolve, reject);
      };
      if (this.#hasRoom(group)) begin();
      else if (this.isFull(group)) giveUp();
      else this.#waiting.push({ group, begin, giveUp });
    });
  }

  /** The processes that reads wait for. @param group of one container alone */
  blocking(group?: string): Blocking[] {
    return [...this.#underWay].flatMap((one) =>
      one.blockedSince === undefined || (group !== undefined && one.group !== group)
        ? []
        : [{ hostPid: one.hostPid, since: one.blockedSince }],
    );
  }

  /** Whether so many reads are blocked that none of this group can begin. */
  isFull(group = ''): boolean {
    return this.blocking().length >= this.atOnce || this.blocking(group).length >= this.perGroup;
  }

  #hasRoom(group: string): boolean {
    const ofGroup = [...this.#underWay].filter((one) => one.group === group);
    return this.#underWay.size < this.atOnce && ofGroup.length < this.perGroup;
  }

  #next(): void {
    const at = this.#waiting.findIndex(({ group }) => this.#hasRoom(group));
    if (at >= 0) this.#waiting.splice(at, 1)[0]!.begin();
  }
}

/** The helper's only one for all that must not fail, so that all reads share its limit. */
export const boundedReads = new BoundedReads();

/**
 * For the tables of sights, by container: they read all processes again and again, and must not take from the
 * others what stopping a container needs.
 */
export const sightReads = new BoundedReads(usualLimit, 2 * mostAtOnce, mostAtOnce);

/** The error where an answer is required. */
export function heldUp(hostPid: number): TerrariumError {
  return new TerrariumError(
    'process-held-up',
    `Process ${hostPid} of the machine keeps everybody waiting who looks at it, or others of a container do so already: a file system that is mounted there (FUSE) does not answer.`,
    'Stop the container that it is of.',
  );
}
