/** Bounded concurrency for the process reader. */
import { setImmediate } from 'node:timers/promises';
import { ProcFileReader } from './readProcFile';

/** As many as libuv has threads for file operations: more would only queue. */
const workers = Array.from({ length: 4 }, () => new ProcFileReader());

/** Milliseconds after which terminals and messages get their turn. */
const slice = 4;

/** At most one round at a time uses the shared buffers. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Calls `task` for each item, four at a time, each with a file reader that nobody else uses meanwhile.
 * The next round starts when this one has ended, whoever asked for it: ten containers that are looked
 * at take turns and do not fill the thread pool.
 * @throws the first error of a task, after the tasks under way have ended
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  task: (item: T, files: ProcFileReader) => Promise<void> | void,
): Promise<void> {
  const round = last.then(async () => {
    const queue = items[Symbol.iterator]();
    let started = performance.now();
    const ends = await Promise.allSettled(
      workers.map(async (files) => {
        for (let next = queue.next(); !next.done; next = queue.next()) {
          await task(next.value, files);
          if (performance.now() - started < slice) continue;
          await setImmediate();
          started = performance.now();
        }
      }),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });
  last = round.catch(() => undefined); // the caller gets the error; the next round is another matter
  return round;
}
