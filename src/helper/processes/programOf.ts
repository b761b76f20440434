/** The arguments of a process, or of the program that it emulates. Called by the process reader and for shells of lessons. */
import { readlinkSync } from 'node:fs';
import { type EmulatedProgram, emulatedProgram } from '../../core/procfs/emulated';
import { ifTold } from './ProcFiles';

/** Bytes of an auxiliary vector; one has some twenty pairs. */
export const maxAuxv = 1024;

/**
 * @param at `/proc/PID`, or a thread of it, with a slash at the end
 * @param auxv reads that file: it needs the memory of the process
 */
export function programOf(
  argv: readonly string[],
  at: string,
  auxv: () => Buffer | undefined,
): Pick<EmulatedProgram, 'argv'> & Partial<EmulatedProgram> {
  const exe = () => ifTold(() => readlinkSync(`${at}exe`));
  return emulatedProgram(argv, { exe, auxv }) ?? { argv };
}
