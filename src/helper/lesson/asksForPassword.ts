/** Whether a process in front asks for a password. Called while a cell of a lesson runs. */
import { boundedReads } from '../processes/BoundedReads';
import { readStat } from '../processes/readStat';

/** Programs that ask on the terminal before they start another. */
const askers = new Set(['sudo', 'su', 'doas', 'pkexec', 'ssh', 'passwd']);

/** @returns its name; undefined for every other program, and where it runs */
export function asksForPassword(pid: number): Promise<string | undefined> {
  return boundedReads.ask(pid, async () => {
    const stat = await readStat(`/proc/${pid}`);
    return stat?.state === 'S' && askers.has(stat.comm) ? stat.comm : undefined;
  });
}
