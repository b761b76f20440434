/**
 * The command that puts another on a pseudo-terminal of ours. Called wherever a payload is spawned
 * from a process that owns pseudo-terminals.
 */
import { findTool } from '../launch/hostTools';

/**
 * Opens the terminal on 0, 1 and the payload's standard error; as the leader of a new session
 * without a terminal that also makes it the controlling one (tty(4)). Then closes everything above
 * HIGHEST: node-pty's masters are not close-on-exec and Node has no fcntl(2), so without this each
 * container would get the masters of all the others. `eval` sees digits from /proc only.
 */
const script = (stderr: 2 | 6) => `exec 0<>"$1" 1>&0 ${stderr}>&0
highest=$2
shift 2
for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le "$highest" ] || eval "exec $fd>&-"
done
exec "$@"`;

/**
 * @param stderr the descriptor that becomes the payload's standard error: 6 while the start
 *   sequence still needs 2 for its own
 * @returns argv to be spawned as a session leader (`detached`). The shell must close descriptors
 *   above 9: bash and BusyBox do; dash takes the number for a program and ends with 127, so that a
 *   machine without bash fails closed.
 */
export function onTerminal(
  tty: string,
  argv: readonly string[],
  stderr: 2 | 6 = 2,
): [string, ...string[]] {
  const shell = findTool('bash') ?? '/bin/sh';
  // 7 is the start sequence's too (steps.sh).
  return [shell, '-c', script(stderr), 'sh', tty, stderr === 6 ? '7' : '2', ...argv];
}
