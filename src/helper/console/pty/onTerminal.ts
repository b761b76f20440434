/**
 * The command that puts another on a pseudo-terminal of ours. Called wherever a payload is spawned
 * from a process that owns pseudo-terminals.
 */
import { closing, closingShell } from '../../host/closingShell';

/**
 * Opens the terminal on 0, 1 and 2; as the leader of a new session without a terminal that also makes it
 * the controlling one (tty(4)).
 */
const opening = `exec 0<>"$1" 1>&0 2>&0
shift
${closing}`;

/** @returns argv to be spawned as a session leader (`detached`), whose controlling terminal it becomes */
export function onTerminal(tty: string, argv: readonly string[]): [string, ...string[]] {
  return [...closingShell(), '-c', opening, 'sh', tty, '2', ...argv];
}

/**
 * Spreads the open terminal on 8 to where the start sequence expects it: 0, 1 and the payload's standard
 * error, 6. With the terminal on 0 bash would open it by name and, as a session leader without a terminal,
 * make it its controlling terminal. Only root could take it then (TIOCSCTTY).
 */
const spreading = `exec 0<&8 1>&8 6>&8 8>&-
${closing}`;

/** @returns argv to be spawned with a terminal on 8, whose controlling terminal it does not become */
export function onOpenTerminal(argv: readonly string[]): [string, ...string[]] {
  return [...closingShell(), '-c', spreading, 'sh', '7', ...argv];
}
