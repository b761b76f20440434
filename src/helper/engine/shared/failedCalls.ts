/** The system calls of a step that failed: those up to the one that did. Used by StepwiseStart.ts and ToldCalls.ts. */
import type { AnsweredCall } from '../../../protocol/steps';
import type { FailedCall, ToldAnswer } from './Engine';
import { alignAnswers, asExpected, nameOf } from './answeredCalls';

/**
 * @param planned those of the step, had it gone well
 * @param told what the kernel has answered
 * @param failed undefined where no call was told: then none is known to have been made
 */
export function failedCalls(
  planned: readonly AnsweredCall[],
  told: readonly ToldAnswer[],
  failed: FailedCall | undefined,
): AnsweredCall[] {
  if (!failed) return [];
  const known = alignAnswers(planned, told) ?? [];
  const made = known.slice(0, known.findLastIndex((one) => one !== undefined) + 1);
  if (made.at(-1)?.answer.startsWith('-1') && made.every((one) => one !== undefined)) return made;
  const named = planned.flatMap(({ call }, index) =>
    nameOf(call) === failed.name ? [{ index, times: timesInARow(planned, index) }] : [],
  );
  const at =
    named.find(({ times }) => times === failed.times)?.index ??
    named.at(-1)?.index ??
    planned.length - 1;
  const last = planned[at];
  const before = planned.slice(0, at).map((call, index) => known[index] ?? asExpected(call));
  return last ? [...before, { call: last.call, answer: failed.answer }] : [];
}

/** How many calls of its name there are in a row up to it. */
function timesInARow(calls: readonly AnsweredCall[], index: number): number {
  const name = nameOf(calls[index]!.call);
  let times = 1;
  while (index - times >= 0 && nameOf(calls[index - times]!.call) === name) times++;
  return times;
}
