/** How a container ended, in a number and a sentence. */
import { constants } from 'node:os';
import type { ContainerExit } from '../../protocol/container';

/**
 * @param lastWords what `unshare` printed: 2.38's cannot pass SIGKILL on to itself, says so and
 * exits with 1
 */
export function containerExit(
  name: string,
  exitCode: number | undefined,
  signal: string | undefined,
  lastWords: string,
): ContainerExit {
  const killed = exitCode === 1 && lastWords.includes('sigprocmask unblock failed');
  const by = killed ? 'SIGKILL' : signal;
  if (by !== undefined) {
    const number = constants.signals[by as NodeJS.Signals] ?? 0;
    return { code: 128 + number, signal: by, message: `“${name}” was ended by ${by}.` };
  }
  const code = exitCode ?? 255;
  return { code, message: `“${name}” ended with exit code ${code}.` };
}
