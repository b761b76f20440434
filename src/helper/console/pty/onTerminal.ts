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
