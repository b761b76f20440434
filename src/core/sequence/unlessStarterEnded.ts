/**
 * What stands between `setpriv --pdeathsig` and the command that is to end with its starter: who started it
 * may have ended before setpriv could ask for the signal (PR_SET_PDEATHSIG(2const)).
 */
import { quote } from '../text/quote';

const check = '[ "$PPID" = "$1" ] || exit; shift; exec "$@"';

/** @returns words that end before the command */
export function unlessStarterEnded(starter: number): string[] {
  return ['/bin/sh', '-c', check, 'sh', String(starter)];
}

/** The same as text, for a subshell of an exported script. */
export const unlessScriptEnded = `sh -c ${quote(check)} sh $$`;
