/**
 * Reads /proc/PID/stat once. Used by whoever asks of a process who it is. The process tree, which asks
 * often, has ProcFiles.
 */
import { closeSync, constants, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type ProcessStat, parseStat } from '../../core/procfs/parseStat';
import { isUntold } from './ProcFiles';

/** Longest stat line: 52 numbers of at most 20 digits, and a name. */
const maxStat = 2048;
const readFrom = promisify(read);

/**
 * A look at all processes races against those that fork: this takes a quarter of the time of readFile. To
 * open and close the file waits for nobody, only to read it may (BoundedReads.ts).
 * @param folder `/proc/PID`, or that of a thread
 * @returns undefined where it has ended, or /proc tells nothing of it
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
