/**
 * The shell that closes descriptors which a child must not inherit: node-pty's masters are not close-on-exec,
 * and Node has no fcntl(2). Called by onTerminal.ts and withoutInherited.ts.
 */
import { runTool } from '../../core/fs/runTool';
import { findTool } from './hostTools';

/** A check of the shell: dash takes a descriptor above 9 for a program and exits with 127. */
const closesTwoDigits = 'fd=12; eval "exec $fd>&-"';

let busybox: string | undefined;

/**
 * A static BusyBox starts in a third of bash's time, and a start waits for it. To be called once, early.
 * @param program absolute; undefined where there is none. One that has no shell is left alone.
 */
export async function preferBusybox(program = findTool('busybox')): Promise<void> {
  busybox = undefined;
  if (program === undefined) return;
  const { failed } = await runTool(program, ['sh', '-c', closesTwoDigits]);
  if (!failed) busybox = program;
}

/** @returns its argv prefix; without BusyBox and bash a shell that may exit with 127 */
export function closingShell(): [string, ...string[]] {
  return busybox === undefined ? [findTool('bash') ?? '/bin/sh'] : [busybox, 'sh'];
}

/**
 * Closes all descriptors above the first parameter and executes the rest. Without it each container would
 * inherit the masters of all the others. `eval` sees digits from /proc only.
 */
export const closing = `highest=$1
shift
for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le "$highest" ] || eval "exec $fd>&-"
done
exec "$@"`;
