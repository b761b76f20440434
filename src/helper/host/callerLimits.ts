/**
 * The soft limit on open files that whoever started the helper has. Node raises its own to the hard
 * limit as it starts, and children inherit that; a container gets what its person has instead, as
 * from any other program. Called by helper.ts first of all, then wherever a payload is spawned.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { parseLimits } from '../../core/procfs/parseLimits';
import { parseStat } from '../../core/procfs/parseStat';

/** sudo raises limits for itself too, and puts them back for its child only (sudo(8)). */
const raising = 'sudo';

/** More ancestors than this are no way to a terminal. */
const furthest = 32;

let openFiles: number | undefined;

/** To be called while the starter still lives. */
export function rememberCallerLimits(): void {
  openFiles = softOpenFiles(process.ppid);
}

/** At most this process's own hard limit; undefined where no ancestor could be asked. */
export function callerOpenFiles(): number | undefined {
  return openFiles;
}

/** Of the nearest ancestor that is no Node like us. */
function softOpenFiles(start: number): number | undefined {
  try {
    const own = readlinkSync('/proc/self/exe');
    for (let pid = start, looked = 0; pid > 0 && looked < furthest; looked++) {
      const program = programOf(pid);
      if (program !== own && path.basename(program ?? '') !== raising) return limitOf(pid);
      pid = parseStat(readFileSync(`/proc/${pid}/stat`)).ppid;
    }
  } catch (error) {
    // It ended, or hidepid hides it: then the limit stays what it is.
    if (!['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
  return undefined;
}

/** undefined for a program of somebody else, which is none of ours. */
function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}

/** The ancestor's limit, lowered to this process's own: what lowered that may have ended, or be Node itself. */
function limitOf(pid: number): number | undefined {
  const [theirs, own] = [pid, 'self'].map((one) =>
    parseLimits(readFileSync(`/proc/${one}/limits`)).find(({ name }) => name === 'open files'),
  );
  const known = [theirs?.soft, own?.hard].filter((limit) => limit && /^\d+$/.test(limit));
  return known.length ? Math.min(...known.map(Number)) : undefined;
}
