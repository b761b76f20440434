/**
 * The caller's soft RLIMIT_NOFILE. Node raises its own to the hard limit at its start, and children
 * inherit it; a payload gets the caller's instead, as from any other program. Called by helper.ts first
 * of all, then wherever a payload is spawned.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { parseLimits } from '../../core/procfs/parseLimits';
import { parseStat } from '../../core/procfs/parseStat';

/** sudo raises its own limits, and restores them only for its child (sudo(8)). */
const raising = 'sudo';

/** Most ancestors that are read. */
const furthest = 32;

let openFiles: number | undefined;

/** To be called while the starter still lives. */
export function rememberCallerLimits(): void {
  openFiles = softOpenFiles(process.ppid);
}

/** At most this process's hard limit; undefined where no ancestor could be read. */
export function callerOpenFiles(): number | undefined {
  return openFiles;
}

/** Of the nearest ancestor that runs neither this program nor sudo. */
function softOpenFiles(start: number): number | undefined {
  try {
    const own = readlinkSync('/proc/self/exe');
    for (let pid = start, looked = 0; pid > 0 && looked < furthest; looked++) {
      const program = programOf(pid);
      if (program !== own && path.basename(program ?? '') !== raising) return limitOf(pid);
      pid = parseStat(readFileSync(`/proc/${pid}/stat`)).ppid;
    }
  } catch (error) {
    // It has ended, or hidepid hides it: the limit stays as it is.
    if (!['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
  return undefined;
}

/** undefined for another user's process (EACCES): it is not Node of ours. */
function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}

/** The ancestor's limit, at most this process's own: a process between them may have lowered it. */
function limitOf(pid: number): number | undefined {
  const [theirs, own] = [pid, 'self'].map((one) =>
    parseLimits(readFileSync(`/proc/${one}/limits`)).find(({ name }) => name === 'open files'),
  );
  const known = [theirs?.soft, own?.hard].filter((limit) => limit && /^\d+$/.test(limit));
  return known.length ? Math.min(...known.map(Number)) : undefined;
}
