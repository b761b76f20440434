/**
 * Reads /proc/PID/stat and /proc/PID/status once, to identify a process. The process tree, which reads often, has ProcFiles.
 */
import { closeSync, constants, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { isUntold } from './ProcFiles';

/** Longest stat line: 52 numbers of at most 20 digits, and a name. */
const maxStat = 2048;
/** Of a usual status; a process with 65,536 groups (NGROUPS_MAX) has a longer one. */
const [usualStatus, maxStatus] = [16 * 1024, 1024 * 1024];
const readFrom = promisify(read);

/**
 * A scan of all processes races against fork(2); this takes a quarter of the time of readFile.
 * @param folder `/proc/PID`, or that of a thread
 * @returns undefined where it has ended, or /proc hides it
 */
export async function readStat(folder: string): Promise<ProcessStat | undefined> {
  const record = await readRecord(`${folder}/stat`, maxStat);
  return record && parseStat(record);
}

/** @returns the text of its status; undefined as for `readStat` */
export async function readStatus(folder: string): Promise<Buffer | undefined> {
  const record = await readRecord(`${folder}/status`, usualStatus);
  return record?.length === usualStatus ? readRecord(`${folder}/status`, maxStatus) : record;
}

/**
 * What the kernel gives in one piece. open(2) and close(2) of such a file never block, read(2) may
 * (BoundedReads.ts).
 */
async function readRecord(path: string, size: number): Promise<Buffer | undefined> {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY);
    const { bytesRead, buffer } = await readFrom(file, Buffer.allocUnsafe(size), 0, size, 0);
    return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
  } catch (error) {
    if (isUntold(error)) return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
