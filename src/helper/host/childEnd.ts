/**
 * How a child ended. Node has no name for real-time signals (34 to 64): for a child that one of them killed
 * it reports exit code 0 and no signal. Used where a payload is spawned.
 */
import { type Signal, parseSignal, signalName } from '../../core/config/stopSignal';

/**
 * The shell writes to 3 when a signal has killed its child (POSIX does not specify the text), and nothing
 * for an exit code. The child's standard error is the caller's.
 */
const telling = 'exec 8>&2 2>&3; "$@" 2>&8 8>&-; exit';

/** @returns argv that runs a command and exits with 128 + N for a signal; 3 must be a pipe to the helper */
export function tellingEnd(argv: readonly string[]): [string, ...string[]] {
  return ['/bin/sh', '-c', telling, 'sh', ...argv];
}

/**
 * @param said whether the shell of `tellingEnd` has written anything
 * @returns the signal's name, for `containerExit`
 */
export function signalTold(exitCode: number | undefined, said: boolean): string | undefined {
  if (!said || exitCode === undefined || exitCode <= 128) return undefined;
  const signal: Signal | undefined = parseSignal(String(exitCode - 128));
  return signal === undefined ? undefined : signalName(signal);
}
