/** How `run --step` shows the steps of a start, and what they did. Pure; called by launchByKeys.ts. */
import type { StepInfo } from '../../protocol/messages';
import type { PlannedGate, StepResult, StepsWait } from '../../protocol/steps';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { announceCommand, callLines } from '../server/announceStep';

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

/** What is carried out next, before it is. */
export function commandsText(commands: PlannedGate['commands']): string {
  return commands.map(({ why, lines }) => announceCommand(why, lines)).join('');
}

/** The line that waits for a key. */
export function question({ gate, gates }: StepsWait): string {
  return `Step ${gate + 1} of ${gates}: Enter runs it, r the rest, s opens a shell, q cancels`;
}

/** @returns what shows a question, and what takes it away again, where it fits into one row */
export function shownQuestion(text: string, columns: number): [shown: string, away: string] {
  return [`${dim}${text}${plain}`, text.length < columns ? '\r\x1b[K' : '\r\n'];
}

/** The system calls of steps that were carried out together, with their answers. @param steps of the whole plan */
export function resultsText(results: readonly StepResult[], steps: readonly StepInfo[]): string {
  const acted = results.filter(({ skipped }) => !skipped);
  const told = acted.map((result) => {
    const why = escapeControlCharacters(steps[result.index]?.why ?? '');
    const heading = results.length > 1 ? `${dim}  # ${why}${plain}\r\n` : '';
    return heading + callLines(result.calls);
  });
  if (acted.length < results.length) told.push(`    ${dim}${skippedText(results)}${plain}\r\n`);
  return told.join('');
}

function skippedText(results: readonly StepResult[]): string {
  const count = results.filter(({ skipped }) => skipped).length;
  return count === 1 && results.length === 1
    ? 'nothing to do'
    : `nothing to do for ${count} of ${results.length} commands: what they are for is not there`;
}
