/** Until the kernel holds all of a cgroup still, and what is said where it does not. Used by the two that pause. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { TerrariumError, messageOf } from '../../core/errors';

/** How long the kernel may take to hold them all, in milliseconds: one in state D takes its time. */
const frozenWithin = 2000;

/**
 * @param file in which the kernel says so, by a line that `pattern` matches
 * @throws Error where it takes too long
 */
export async function waitUntilFrozen(file: string, pattern: RegExp): Promise<void> {
  for (const until = performance.now() + frozenWithin; ; await delay(5)) {
    if (pattern.test(await readFile(file, 'latin1'))) return;
    if (performance.now() > until) throw new Error('a process in it does not stop');
  }
}

export function freezerRefused(cause: unknown): TerrariumError {
  return new TerrariumError(
    'freezer-refused',
    `The container could not be paused: ${messageOf(cause)}.`,
    'It goes on as before; try again.',
    { cause },
  );
}
