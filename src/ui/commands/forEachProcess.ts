import type { ProcessTarget } from '../model/rows';

/** One that refuses keeps it from none of the others. @throws the first refusal, when all are done */
export async function forEachProcess(
  targets: readonly ProcessTarget[],
  act: (target: ProcessTarget) => Promise<unknown>,
): Promise<void> {
  const ends = await Promise.allSettled(targets.map(act));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
