/**
 * How a child of a shell ended. A shell returns 128 + N for both a signal and an exit code, and Node has no
 * name for real-time signals (34 to 64). Used where a program is started by hand.
 */
import { type Signal, parseSignal, signalName } from '../../core/config/stopSignal';

/**
 * @param said whether the shell has written anything: it names the signal that ended its child (POSIX does not
 *   specify the text), and says nothing of an exit code, of SIGINT and of SIGPIPE
 * @returns the signal's name, for `containerExit`
 */
export function signalTold(exitCode: number | undefined, said: boolean): string | undefined {
  if (!said || exitCode === undefined || exitCode <= 128) return undefined;
  const signal: Signal | undefined = parseSignal(String(exitCode - 128));
  return signal === undefined ? undefined : signalName(signal);
}
