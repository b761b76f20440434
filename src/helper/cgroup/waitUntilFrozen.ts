/** Waits until a cgroup is frozen; the error where it is not. For Freezer.ts and ContainerCgroup.ts. */
import { promises as files } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { TerrariumError, messageOf } from '../../core/errors';

/** Limit in milliseconds: a process in state D delays it. */
const frozenWithin = 2000;

/**
 * @param file has a line that `pattern` matches once it is frozen
 * @throws Error where it takes too long
 */
export async function waitUntilFrozen(file: string, pattern: RegExp): Promise<void> {
  for (const until = performance.now() + frozenWithin; ; await delay(5)) {
    if (pattern.test(await files.readFile(file, 'latin1'))) return;
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
