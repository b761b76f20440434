/** The command of terminal.js (console/terminalHolder.ts). Used by programSession.ts and ownConsole.ts. */
import path from 'node:path';
import { findTool } from './hostTools';

/** DEV: `own` for an empty /dev, `pts` for a new devpts in the machine's. */
const script = `mount=$1 dev=$2
shift 2
case $dev in
own) "$mount" -i -t tmpfs -o mode=755,size=64k tmpfs /dev || exit ;;
pts) "$mount" -i -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts || exit ;;
esac
exec "$@"`;

/**
 * @param dev `own` where it makes a terminal in the devpts that it is given, `pts` where in a new one
 * @returns its first words. Unmounts of the machine propagate to its mount namespace, or a disk would stay
 *   busy (EBUSY) for as long as a shell is open.
 */
export function holderCommand(dev: 'own' | 'pts' = 'own'): string[] {
  const holder = path.join(path.dirname(process.argv[1]!), 'terminal.js');
  const electron = process.versions.electron ? ['ELECTRON_RUN_AS_NODE=1'] : [];
  return [
    ...[findTool('unshare')!, '--mount', '--propagation=slave', '--'],
    ...['/bin/sh', '-c', script, 'sh', findTool('mount')!, dev],
    ...[findTool('env')!, ...electron, process.execPath, holder],
  ];
}
