/**
 * Makes programs of the host impossible to write for whoever gets hold of them. Used by sessionArgv.ts:
 * the process that joins a container is seen there for a moment as the program that it still is, and
 * /proc/PID/exe leads whoever may look to the very file of the host (CVE-2019-5736).
 */
import { findTool } from './hostTools';

const script =
  'mount=$1; shift; while [ "$1" != -- ]; do "$mount" -i --bind -o ro "$1" "$1" || exit; shift; done; shift; exec "$@"';

/**
 * @param programs absolute
 * @returns words that end before the command: a mount namespace of its own, in which these cannot be
 *   written. None without root, whose containers may not write root's files anyway.
 */
export function readOnlyPrograms(programs: readonly string[]): string[] {
  if (process.geteuid!() !== 0) return [];
  return [
    // Its parent stays: with its last process the namespace would go, and with it these mounts. What the
    // machine unmounts meanwhile goes here too, or a disk would be busy for as long as a shell is open.
    ...[findTool('unshare')!, '--mount', '--propagation=slave', '--fork', '--'],
    ...['/bin/sh', '-c', script, 'sh', findTool('mount')!, ...programs, '--'],
  ];
}
