/**
 * Keeps a program from inheriting the helper's descriptors (closingShell.ts). For programs whose terminal is
 * not their controlling terminal yet; the others have onTerminal.ts.
 */
import { closing, closingShell } from './closingShell';

/** @param highest descriptor that it keeps */
export function withoutInherited(argv: readonly string[], highest = 2): [string, ...string[]] {
  return [...closingShell(), '-c', closing, 'sh', String(highest), ...argv];
}

/**
 * The same for a program that is to make the terminal on its descriptors its controlling one. Bash opens the
 * terminal that it finds on descriptor 0 without O_NOCTTY, which makes it that of bash's session, and without
 * root the program could not take it from there (ioctl_tty(2), TIOCSCTTY).
 * @returns argv to be spawned with the terminal on 1, and nothing on 0
 */
export function withTerminalOn1(argv: readonly string[]): [string, ...string[]] {
  return [...closingShell(), '-c', `exec 0<&1\n${closing}`, 'sh', '2', ...argv];
}
