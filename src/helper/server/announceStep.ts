/** How a step of the start sequence looks in the console. Called by StartAnnouncer.ts and stepText.ts. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { StepInfo } from '../../protocol/messages';
import type { AnsweredCall } from '../../protocol/steps';

const [dim, yellow, plain] = ['\x1b[2m', '\x1b[33m', '\x1b[0m'];

/** The reason above the exact command, both made safe: either may quote the bundle. */
export function announceStep({ command, why }: StepInfo): string {
  return `${dim}# ${escapeControlCharacters(why)}${plain}\r\n${dim}$${plain} ${escapeControlCharacters(command)}\r\n`;
}

/** A line for each, indented. They are made safe where they are made (straceText.ts). */
export function callLines(calls: readonly AnsweredCall[]): string {
  return calls
    .map(({ call, answer }) => {
      const colour = answer.startsWith('-1') ? yellow : '';
      return `    ${call} ${dim}=${plain} ${colour}${answer}${colour && plain}\r\n`;
    })
    .join('');
}
