/** The system calls of a step that failed: those up to the one that did. Used by StepwiseStart.ts and ToldCalls.ts. */
import type { AnsweredCall } from '../../../protocol/steps';
import type { FailedCall } from './Engine';

/**
 * @param planned those of the step, had it gone well
 * @param failed undefined where no call was told: then none is known to have been made
 */
export function failedCalls(
  planned: readonly AnsweredCall[],
  failed: FailedCall | undefined,
): AnsweredCall[] {
  if (!failed) return [];
  const named = planned.flatMap(({ call }, index) =>
    nameOf(call) === failed.name ? [{ index, times: timesInARow(planned, index) }] : [],
  );
  const at =
    named.find(({ times }) => times === failed.times)?.index ??
    named.at(-1)?.index ??
    planned.length - 1;
  const last = planned[at];
  return last ? [...planned.slice(0, at), { call: last.call, answer: failed.answer }] : [];
}

function nameOf(call: string): string {
  return call.split('(', 1)[0]!;
}

/** How many calls of its name there are in a row up to it. */
function timesInARow(calls: readonly AnsweredCall[], index: number): number {
  const name = nameOf(calls[index]!.call);
  let times = 1;
  while (index - times >= 0 && nameOf(calls[index - times]!.call) === name) times++;
  return times;
}
