/**
 * Keeps a program from inheriting the helper's descriptors (closingShell.ts). For programs whose terminal is
 * not their controlling terminal yet; the others have onTerminal.ts.
 */
import { closing, closingShell } from './closingShell';

/** @param highest descriptor that it keeps */
export function withoutInherited(argv: readonly string[], highest = 2): [string, ...string[]] {
  return [...closingShell(), '-c', closing, 'sh', String(highest), ...argv];
}
