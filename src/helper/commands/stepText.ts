/** How `run --step` shows the steps of a start, and what they did. Pure; called by launchByKeys.ts. */
import type { Result } from '../../protocol/messages';
import type { StepResult, StepsWait } from '../../protocol/steps';
import { announceStep, callLines } from '../server/announceStep';

export type ShownStep = Result<'stepsOf'>['steps'][number];

/** What a key does. */
export type KeyAction = 'go' | 'rest' | 'shell' | 'cancel';

export const stepKeys: ReadonlyMap<string, KeyAction> = new Map([
  ['\r', 'go'],
  ['\n', 'go'],
  ['r', 'rest'],
  ['s', 'shell'],
  ['q', 'cancel'],
]);

const [dim, plain] = ['\x1b[2m', '\x1b[0m'];

const nothing = `    ${dim}nothing to do${plain}\r\n`;

/** Those that are carried out together, before they are. */
export function announceSteps(steps: readonly ShownStep[]): string {
  return steps.map(announceStep).join('');
}

/** The line that waits for a key. @param together how many steps are carried out next */
export function question({ next, of }: StepsWait, together: number): string {
  const [which, them] =
    together > 1 ? [`Steps ${next + 1} to ${next + together}`, 'them'] : [`Step ${next + 1}`, 'it'];
  return `${which} of ${of}: Enter runs ${them}, r the rest, s opens a shell, q cancels`;
}

/** @returns what shows a question, and what takes it away again, where it fits into one row */
export function shownQuestion(text: string, columns: number): [shown: string, away: string] {
  return [`${dim}${text}${plain}`, text.length < columns ? '\r\x1b[K' : '\r\n'];
}

/** The system calls of steps that were carried out together, with their answers. */
export function resultsText(results: readonly StepResult[]): string {
  return results
    .map((result) => {
      const heading = results.length > 1 ? `${dim}  step ${result.index + 1}:${plain}\r\n` : '';
      return heading + (result.skipped ? nothing : callLines(result.calls));
    })
    .join('');
}
