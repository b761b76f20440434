/** Reads a stream at the pace of who takes what it has to say. Used by LayerWatcher. */
import type { Readable } from 'node:stream';

/** Of the time that was taken; what took less than a millisecond needs none. In milliseconds. */
const [restFactor, leastRest, longestRest] = [10, 10, 3000];

/**
 * After what took long it rests ten times as long, and then hands on all that has come meanwhile at once. The writer
 * waits where it is more than a pipe holds.
 * @param take must not throw
 */
export function readAtPace(stream: Readable, take: (bytes: Buffer) => void): void {
  let isResting = false;
  const read = () => {
    if (isResting) return;
    const bytes = stream.read() as Buffer | null;
    if (!bytes) return;
    const began = performance.now();
    take(bytes);
    const rest = Math.min((performance.now() - began) * restFactor, longestRest);
    if (rest < leastRest) return;
    isResting = true;
    setTimeout(() => {
      isResting = false;
      read();
    }, rest);
  };
  stream.on('readable', read);
}
