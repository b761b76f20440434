/**
 * How a child ended, whatever ended it. Node says exit code 0, and no signal, of one that died of a
 * real-time signal (34 to 64), which it has no name for. Used by whoever spawns what can die of one.
 */
import { type Signal, parseSignal, signalName } from '../../core/config/stopSignal';

/**
 * A shell says on 3 what a signal has done to its child (POSIX leaves it the words), and nothing of an
 * exit code. Its own standard error is the child's again only there.
 */
const telling = 'exec 8>&2 2>&3; "$@" 2>&8 8>&-; exit';

/** @returns argv that waits for another and returns 128 + N for a signal; 3 has to be a pipe to us */
export function tellingEnd(argv: readonly string[]): [string, ...string[]] {
  return ['/bin/sh', '-c', telling, 'sh', ...argv];
}

/**
 * @param said whether the shell of `tellingEnd` has said anything
 * @returns the signal's name, for `containerExit`
 */
export function signalTold(exitCode: number | undefined, said: boolean): string | undefined {
  if (!said || exitCode === undefined || exitCode <= 128) return undefined;
  const signal: Signal | undefined = parseSignal(String(exitCode - 128));
  return signal === undefined ? undefined : signalName(signal);
}
