/**
 * Keeps a program from inheriting the helper's descriptors (closingShell.ts). For programs whose terminal is
 * not their controlling terminal yet; the others have onTerminal.ts.
 */
import { closing, closingShell } from './closingShell';

export function withoutInherited(argv: readonly string[]): [string, ...string[]] {
  return [...closingShell(), '-c', closing, 'sh', '2', ...argv];
}
