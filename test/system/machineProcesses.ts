/** The processes of the machine, as the tests of this level look for them and end them. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Every folder of a suite begins with it, and so do the roots of its containers. With the PID: another run
 * of tests beside this one is none of its business.
 */
export const workplacePrefix = `terrarium-sys${process.pid}-`;

/** A process's arguments, joined by spaces; empty once it has ended. */
export function commandLineOf(pid: number | string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended while we looked
  }
}

/** A process's line of mounts each, in its own namespace; empty once it has ended. */
export function mountsOf(pid: number | string): string {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  } catch {
    return ''; // it ended while we looked
  }
}

/** @throws ENOENT once it has ended */
export function parentOf(pid: number | string): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Host PIDs whose command line holds this text: of these tests, not of those that run beside them. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => commandLineOf(pid).includes(text) && isOfTheseTests(pid))
    .map(Number);
}

/**
 * Whether these tests have started it: they have a mount namespace of their own where others run beside them
 * (test/run.mjs), and a container has mounts of its bundle.
 */
export function isOfTheseTests(pid: number | string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')) return true;
    if (mountsOf(pid).includes(workplacePrefix)) return true;
    return pid !== 0 && isOfTheseTests(parentOf(pid));
  } catch {
    return false; // it has ended
  }
}
