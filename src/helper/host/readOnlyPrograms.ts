/**
 * Makes programs of the host impossible to write for whoever gets hold of them. Used by builtinSession.ts:
 * the process that joins a container is seen there for a moment as the program that it still is, and
 * /proc/PID/exe leads whoever may look to the very file of the host (CVE-2019-5736).
 */
import path from 'node:path';
import { findTool } from './hostTools';

/** DEV: `own` for an empty /dev, `pts` for a new devpts in the machine's. */
const script = `mount=$1 dev=$2
shift 2
while [ "$1" != -- ]; do
  "$mount" -i --bind -o ro "$1" "$1" || exit
  shift
done
shift
case $dev in
own) "$mount" -i -t tmpfs -o mode=755,size=64k tmpfs /dev || exit ;;
pts) "$mount" -i -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts || exit ;;
esac
exec "$@"`;

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
    ...['/bin/sh', '-c', script, 'sh', findTool('mount')!, '', ...programs, '--'],
  ];
}

/**
 * The same around terminal.js, which stays itself.
 * @param dev `own` where it makes a terminal in the devpts that it is given, `pts` where in a new one
 * @returns words that end before the holder's own
 */
export function terminalHolder(programs: readonly string[], dev: 'own' | 'pts' = 'own'): string[] {
  const root = process.geteuid!() === 0;
  const holder = path.join(path.dirname(process.argv[1]!), 'terminal.js');
  const electron = process.versions.electron ? ['ELECTRON_RUN_AS_NODE=1'] : [];
  return [
    ...[findTool('unshare')!, '--mount', '--propagation=slave', '--'],
    ...['/bin/sh', '-c', script, 'sh', findTool('mount')!, dev, ...(root ? programs : []), '--'],
    ...[findTool('env')!, ...electron, process.execPath, holder],
  ];
}
