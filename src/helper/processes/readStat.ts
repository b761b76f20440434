/**
 * Reads /proc/PID/stat once, to identify a process. The process tree, which reads often, has ProcFiles.
 */
import { closeSync, constants, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { isUntold } from './ProcFiles';

/** Longest stat line: 52 numbers of at most 20 digits, and a name. */
const maxStat = 2048;
const readFrom = promisify(read);

/**
 * A scan of all processes races against fork(2); this takes a quarter of the time of readFile. open(2) and
 * close(2) of the file never block, read(2) may (BoundedReads.ts).
 * @param folder `/proc/PID`, or that of a thread
 * @returns undefined where it has ended, or /proc hides it
 */
export async function readStat(folder: string): Promise<ProcessStat | undefined> {
  let file: number | undefined;
  try {
    file = openSync(`${folder}/stat`, constants.O_RDONLY);
    const { bytesRead, buffer } = await readFrom(file, Buffer.allocUnsafe(maxStat), 0, maxStat, 0);
    return bytesRead === 0 ? undefined : parseStat(buffer.subarray(0, bytesRead));
  } catch (error) {
    if (isUntold(error)) return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
