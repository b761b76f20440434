/**
 * Whether a process was adopted before the first read. The kernel does not record the original parent
 * (`ppid` is the adopter's from then on), but a process inherits attributes that its adopter does not have.
 * Called by the process reader. A later adoption shows as a change of `ppid`.
 *
 * Not recognized: a program that forks once, ends, and calls neither setsid(2) nor is a shell's `&`; a
 * daemon that calls setsid(2) itself after its last fork. Taken for adopted by mistake: what a process
 * started before it called setsid(2) itself; the rest of a pipeline of an interactive shell whose first
 * program has ended, where what is left, or that shell from its start, ignores both SIGINT and SIGQUIT.
 */
import type { ProcessStat } from '../../core/procfs/parseStat';

/** Bits of `SigIgn` (signal(7)): SIGINT is 2, SIGQUIT is 3. */
const interruptAndQuit = (1n << 1n) | (1n << 2n);

export interface Descent {
  readonly hostPid: number;
  readonly stat: Pick<ProcessStat, 'session' | 'processGroup'>;
  readonly ignoredSignals: bigint;
}

/** @param isThere whether a process of the container has this host PID, zombies included */
export function wasAdopted(
  child: Descent,
  parent: Descent,
  isThere: (hostPid: number) => boolean,
): boolean {
  const { session, processGroup } = child.stat;
  // Only a process itself can change its session, and then it leads the new one (setsid(2)).
  if (session !== child.hostPid && session !== parent.stat.session) return true;
  // A group can be given by others of its session: a shell puts a pipeline into one and lives on when
  // the first program of it has ended. But a shell without job control, which started this by `&` and has
  // ended, made it ignore SIGINT and SIGQUIT (POSIX, 2.11), and a shell that gives groups does not.
  return (
    processGroup !== child.hostPid &&
    processGroup !== parent.stat.processGroup &&
    !isThere(processGroup) &&
    (child.ignoredSignals & interruptAndQuit) === interruptAndQuit
  );
}
