/** Where terrarium-init is, and whether it can carry out a start here. Asked before each start, and by the doctor. */
import { accessSync, constants } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';

/** Beside this program, one for each architecture. */
export function initProgram(): string {
  return path.join(path.dirname(process.argv[1]!), `terrarium-init-${process.arch}`);
}

/** mount_setattr(2), the newest system call that it makes. */
const oldestKernel = [5, 12] as const;

/**
 * @param kernel `uname -r`
 * @returns a sentence; undefined where it can
 */
export function whyNoProgram(kernel = release()): string | undefined {
  const [major = 0, minor = 0] = kernel.split(/[.-]/).map(Number);
  const [first, second] = oldestKernel;
  if (major < first || (major === first && minor < second))
    return `terrarium-init needs Linux ${first}.${second} or later, and this is ${kernel}.`;
  const file = initProgram();
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    return `${file}, which carries out a start, cannot be executed: ${(error as Error).message}.`;
  }
}

/** What works without it. */
export const withoutProgram =
  'Use Linux 5.12 or later, or install the extension anew. Without it these work: a container “By hand” ("dev.terrarium.root": "chroot" in annotations of config.json), runc or crun ("dev.terrarium.engine"), and a script of the start, run by hand (“Export Start Script…”; “helper.js plan” on the command line).';
