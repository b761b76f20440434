/**
 * Keeps a program from inheriting what is open in this process (closingShell.ts). For programs on a terminal
 * that is not theirs yet; those that take one have onTerminal.ts.
 */
import { closing, closingShell } from './closingShell';

export function withoutInherited(argv: readonly string[]): [string, ...string[]] {
  return [...closingShell(), '-c', closing, 'sh', '2', ...argv];
}
