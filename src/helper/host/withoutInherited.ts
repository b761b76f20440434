/**
 * Keeps a program from inheriting what is open in this process: node-pty's masters are not
 * close-on-exec and Node has no fcntl(2). For programs on a terminal that is not theirs yet; those that
 * take one have onTerminal.ts. `eval` sees digits from /proc only.
 */
import { findTool } from './hostTools';

const script = `for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le 2 ] || eval "exec $fd>&-"
done
exec "$@"`;

/** bash, because dash knows descriptors of one digit alone: without bash it ends with 127. */
export function withoutInherited(argv: readonly string[]): [string, ...string[]] {
  return [findTool('bash') ?? '/bin/sh', '-c', script, 'sh', ...argv];
}
