/**
 * A child without streams: where a spawn finds no descriptors left (EMFILE, ENFILE), Node returns one that has none, and
 * emits the error in the next tick.
 */
import type { ChildProcess } from 'node:child_process';

/**
 * To be asked in the tick of the spawn, before its streams are used.
 * @returns a promise that rejects with the reason; undefined where it has its streams
 */
export function withoutStreams(child: ChildProcess): Promise<never> | undefined {
  const stdio: ChildProcess['stdio'] | undefined = child.stdio;
  return stdio ? undefined : new Promise((_resolve, reject) => child.once('error', reject));
}
