/**
 * Ends all processes of a session of a container. Called by Session.ts. Its program leads a session
 * inside, and what waits for it on the host then ends by itself. Killed at the same time, that could not
 * reap it: a machine without an init that reaps would keep a zombie, and the container's end waits for it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { codeOf } from '../../core/bundle/fileProblem';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { killQuietly } from '../launch/killQuietly';

/** How often it is looked for processes that were made since the last look; a fork bomb is the container's. */
const maxLooks = 20;

/**
 * Nothing is stopped before it is killed: nsenter(1) stops itself when its child stops, also after it was
 * continued, and could then reap nobody. What has a SIGKILL pending makes no child (fork(2)).
 * @param outside host PIDs of those that lead a session on the host, the first one first
 */
export function killSession(outside: readonly number[]): void {
  const known = new Set(outside);
  const killed = new Set<number>();
  let members = membersOf(known);
  for (let looks = 0; looks < maxLooks; looks++) {
    const inside = members.filter(
      ({ pid, session }) => !outside.includes(session) && !killed.has(pid),
    );
    if (inside.length === 0) break;
    for (const { pid } of inside) {
      killQuietly(pid);
      killed.add(pid);
    }
    members = membersOf(known);
  }
  const waiting = members.filter(({ session }) => outside.includes(session));
  // Its program may have stopped itself, and nsenter with it.
  for (const { pid } of waiting) killQuietly(pid, killed.size > 0 ? 'SIGCONT' : 'SIGKILL');
}

/** @param below those that are known to be of it, to which it adds */
function membersOf(below: Set<number>): ProcessStat[] {
  const all = allProcesses();
  // A child may have a smaller number than its parent, so one pass is not enough.
  for (let before = 0; before !== below.size;) {
    before = below.size;
    for (const { pid, ppid } of all) if (below.has(ppid)) below.add(pid);
  }
  // By session: what has lost its parent, as a job in the background may, is still of it.
  return all.filter(
    ({ pid, session, state }) => state !== 'Z' && (below.has(pid) || below.has(session)),
  );
}

function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [parseStat(readFileSync(`/proc/${name}/stat`))];
      } catch (error) {
        if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return []; // gone meanwhile
        throw error;
      }
    });
}
