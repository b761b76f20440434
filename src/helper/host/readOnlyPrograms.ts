/**
 * Mounts programs of the host read-only. Used by builtinSession.ts: a process that joins a container is
 * visible inside before it executes the container's program, and through /proc/PID/exe root inside could
 * write to the host's file (CVE-2019-5736).
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
 * @returns command prefix: a mount namespace in which the programs are read-only. Empty without root: a
 *   rootless container cannot write root's files.
 */
export function readOnlyPrograms(programs: readonly string[]): string[] {
  if (process.geteuid!() !== 0) return [];
  return [
    // The parent keeps the namespace and its mounts alive. Unmounts of the machine propagate to it, or a
    // disk would stay busy (EBUSY) for as long as a shell is open.
    ...[findTool('unshare')!, '--mount', '--propagation=slave', '--fork', '--'],
    ...['/bin/sh', '-c', script, 'sh', findTool('mount')!, '', ...programs, '--'],
  ];
}

/**
 * The same around terminal.js, which stays itself.
 * @param dev `own` where it makes a terminal in the devpts that it is given, `pts` where in a new one
 * @returns command prefix of the holder
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
