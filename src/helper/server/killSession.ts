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

/** @param outside host PIDs of those that lead a session on the host, the first one first */
export function killSession(outside: readonly number[]): void {
  const held = new Map<number, ProcessStat>();
  // What is stopped makes no child between the look and the kill.
  for (let looks = 0; looks < maxLooks; looks++) {
    const found = membersOf(outside).filter(({ pid }) => !held.has(pid));
    if (found.length === 0) break;
    for (const one of found) {
      killQuietly(one.pid, 'SIGSTOP');
      held.set(one.pid, one);
    }
  }
  const members = [...held.values()];
  const inside = members.filter(({ session }) => !outside.includes(session));
  for (const { pid } of inside.length > 0 ? inside : members) killQuietly(pid);
  for (const { pid } of members) killQuietly(pid, 'SIGCONT');
}

function membersOf(outside: readonly number[]): ProcessStat[] {
  const all = allProcesses();
  const below = new Set(outside);
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
