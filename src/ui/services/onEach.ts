/** Does the same to several processes. Called by the commands that act on all selected rows. */
import type { ProcessTarget } from '../pick/pickProcess';

/** One that refuses keeps it from none of the others. @throws the first refusal, when all are done */
export async function onEach(
  targets: readonly ProcessTarget[],
  act: (target: ProcessTarget) => Promise<unknown>,
): Promise<void> {
  const ends = await Promise.allSettled(targets.map(act));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
