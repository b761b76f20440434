/** Calls a function for several processes. Used by the commands that act on all selected rows. */
import type { ProcessTarget } from '../model/rows';

/** Continues after an error. @throws the first error, when all are done */
export async function forEachProcess(
  targets: readonly ProcessTarget[],
  act: (target: ProcessTarget) => Promise<unknown>,
): Promise<void> {
  const ends = await Promise.allSettled(targets.map(act));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
