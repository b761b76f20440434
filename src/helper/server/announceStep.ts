/** How a step of the start sequence looks in the console. Called by StartAnnouncer.ts and stepText.ts. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { StepInfo } from '../../protocol/messages';
import type { AnsweredCall } from '../../protocol/steps';

const [dim, yellow, plain] = ['\x1b[2m', '\x1b[33m', '\x1b[0m'];

export function announceStep({ command, why }: StepInfo): string {
  return announceCommand(why, [command]);
}

/** The reason above the exact command, both made safe: either may quote the bundle. */
export function announceCommand(why: string, lines: readonly string[]): string {
  const [first, ...others] = lines.map((line) => escapeControlCharacters(line));
  const command = [`${dim}$${plain} ${first}`, ...others.map((line) => `  ${line}`)];
  return [`${dim}# ${escapeControlCharacters(why)}${plain}`, ...command]
    .map((line) => `${line}\r\n`)
    .join('');
}

/** A line for each, indented. They are made safe where they are made (straceText.ts). */
export function callLines(calls: readonly AnsweredCall[]): string {
  return calls
    .map(({ call, answer, isExpected }) => {
      const colour = answer.startsWith('-1') ? yellow : isExpected ? dim : '';
      const shown = `${colour}${answer}${isExpected ? ' (expected)' : ''}${colour && plain}`;
      return `    ${call} ${dim}=${plain} ${shown}\r\n`;
    })
    .join('');
}
