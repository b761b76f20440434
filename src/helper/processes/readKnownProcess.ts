/** Reads one process of which the host PID is known. Called by the process reader. */
import { commandLineOf, maxCommandLine, parseCmdline } from '../../core/procfs/parseCmdline';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { parseStatus } from '../../core/procfs/parseStatus';
import type { PidNamespace } from './PidNamespace';
import type { ProcFileReader } from './readProcFile';

/**
 * Command line and uid are read again when the name or the image changed, and after as many reads as
 * this: a program may overwrite its arguments or change its user without execve(2).
 */
export const readsBetweenDetails = 16;

export interface KnownProcess {
  readonly hostPid: number;
  readonly stat: ProcessStat;
  /** As seen inside the container. */
  readonly uid: number;
  readonly commandLine: string;
  /** Number of the read in which uid and command line were read. */
  readonly detailed: number;
}

/**
 * One small file for a process that goes on as before, three for a new one.
 * @param before what the last read found for the same container PID
 * @param reads number of the current read
 * @returns undefined where the process has ended, or the host gave its number to another one
 */
export async function readKnownProcess(
  namespace: PidNamespace,
  hostPid: number,
  before: KnownProcess | undefined,
  reads: number,
  files: ProcFileReader,
): Promise<KnownProcess | undefined> {
  const content = files.readNow(`/proc/${hostPid}/stat`);
  if (!content) return undefined;
  const stat = parseStat(content); // all is parsed before the next read takes the buffer
  if (before && before.stat.startTime !== stat.startTime) return undefined;
  if (before && isSameProgram(before.stat, stat) && reads - before.detailed < readsBetweenDetails) {
    return { ...before, stat };
  }
  const statusContent = files.readNow(`/proc/${hostPid}/status`);
  if (!statusContent) return undefined;
  const uid = namespace.uidInside(parseStatus(statusContent).uid.real);
  // UTF-8 needs at most three bytes for one UTF-16 code unit.
  const cmdline = await files.readMemory(`/proc/${hostPid}/cmdline`, maxCommandLine * 3);
  if (!cmdline) return undefined;
  return { hostPid, stat, uid, commandLine: commandLineOf(parseCmdline(cmdline)), detailed: reads };
}

/** As far as stat tells. */
function isSameProgram(a: ProcessStat, b: ProcessStat): boolean {
  return a.comm === b.comm && a.image === b.image;
}
