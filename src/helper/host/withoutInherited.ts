/**
 * Keeps a program from inheriting what is open in this process (closingShell.ts). For programs on a terminal that is not theirs yet; those that
 * take one have onTerminal.ts. `eval` sees digits from /proc only.
 */
import { closingShell } from './closingShell';

const script = `for fd in /proc/self/fd/*; do
  fd=\${fd##*/}
  [ "$fd" -le 2 ] || eval "exec $fd>&-"
done
exec "$@"`;

export function withoutInherited(argv: readonly string[]): [string, ...string[]] {
  return [...closingShell(), '-c', script, 'sh', ...argv];
}
