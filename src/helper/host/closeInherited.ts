/** Closes what the caller left open: a container sees 0, 1 and 2 and nothing of its launcher's. */
import { closeSync, readFileSync, readdirSync } from 'node:fs';
import { fdinfoField } from '../../core/fs/fdinfoField';

/** O_CLOEXEC in the octal `flags` of /proc/PID/fdinfo (proc_pid_fdinfo(5)). */
const closeOnExec = 0o2000000;

/**
 * Node opens every descriptor with O_CLOEXEC. One without the flag is inherited from the caller, and
 * every program that the helper starts would inherit it.
 */
export function closeInherited(): void {
  for (const entry of readdirSync('/proc/self/fd')) {
    const fd = Number(entry);
    if (fd <= 2) continue;
    let flags: string | undefined;
    try {
      flags = fdinfoField(readFileSync(`/proc/self/fdinfo/${fd}`), 'flags');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue; // readdir's own
      throw error;
    }
    if (flags !== undefined && (parseInt(flags, 8) & closeOnExec) === 0) closeSync(fd);
  }
}
