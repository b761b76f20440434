/** How a step of the start sequence looks in the console. Called by StartAnnouncer.ts. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { StepInfo } from '../../protocol/messages';

const [dim, plain] = ['\x1b[2m', '\x1b[0m'];

/** The reason above the exact command, both made safe: either may quote the bundle. */
export function announceStep({ command, why }: StepInfo): string {
  return `${dim}# ${escapeControlCharacters(why)}${plain}\r\n${dim}$${plain} ${escapeControlCharacters(command)}\r\n`;
}
