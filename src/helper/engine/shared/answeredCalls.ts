/** The system calls of steps with what the kernel has answered, as far as that was told. Used by StepwiseStart.ts and failedCalls.ts. */
import type { StepwisePlan } from '../../../core/sequence/stepwise';
import type { AnsweredCall } from '../../../protocol/steps';
import type { ToldAnswer } from './Engine';

/** Kinds of steps that make some of their calls only where something is not there yet. */
const mayLeaveOut: ReadonlySet<string> = new Set(['createFiles', 'createFolder']);

/**
 * @param planned of each step, with the answers of calls that go well
 * @param told of a step, in their order; calls of which none is planned are among them
 * @returns of each step the calls that it has made; where the answers are not known they are marked as expected
 */
export function answeredSteps(
  { steps, toldTogether }: Pick<StepwisePlan, 'steps' | 'toldTogether'>,
  planned: readonly (readonly AnsweredCall[])[],
  told: (step: number) => readonly ToldAnswer[],
): AnsweredCall[][] {
  const together = new Set(toldTogether.flatMap((one) => one.steps));
  const alone = steps.flatMap((_, index) =>
    together.has(index) ? [] : [{ as: index, steps: [index] }],
  );
  const answered: AnsweredCall[][] = planned.map((calls) => calls.map(asExpected));
  for (const { as, steps: indices } of [...toldTogether, ...alone]) {
    const calls = indices.flatMap((index) => planned[index]!);
    const found = alignAnswers(calls, told(as));
    const isWhole = found?.every((one) => one !== undefined);
    if (!found || !(isWhole || mayLeaveOut.has(steps[as]!.kind))) continue;
    for (let at = 0, next = 0; at < indices.length; at++) {
      const end = next + planned[indices[at]!]!.length;
      answered[indices[at]!] = found.slice(next, end).filter((one) => one !== undefined);
      next = end;
    }
  }
  return answered;
}

/**
 * The first of those that were told is that of the first call of its name, and so on.
 * @returns for each planned call what was told of it; undefined where nothing was told, or something else
 */
export function alignAnswers(
  planned: readonly AnsweredCall[],
  told: readonly ToldAnswer[],
): (AnsweredCall | undefined)[] | undefined {
  const names = new Set(planned.map(({ call }) => nameOf(call)));
  const left = told.filter(({ name }) => names.has(name));
  if (left.length === 0) return undefined;
  const aligned = planned.map(({ call, answer }) => {
    if (nameOf(call) !== left[0]?.name) return undefined;
    const now = left.shift()!.answer;
    // A planned answer may say more: `0 (PER_LINUX)`.
    return { call, answer: answer.split(' ', 1)[0] === now ? answer : now };
  });
  return left.length === 0 ? aligned : undefined;
}

export function asExpected({ call, answer }: AnsweredCall): AnsweredCall {
  return { call, answer, isExpected: true };
}

export function nameOf(call: string): string {
  return call.split('(', 1)[0]!;
}
