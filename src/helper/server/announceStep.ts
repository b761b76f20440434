/** How a step of the start sequence looks in the console. Called by StartAnnouncer.ts, and by `run --step`. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { StepInfo } from '../../protocol/messages';

const [dim, plain] = ['\x1b[2m', '\x1b[0m'];

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
