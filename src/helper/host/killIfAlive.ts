/** A signal to a PID 1 that may have ended already. Used by what starts containers. */
import type { Signal } from '../../core/config/stopSignal';

/** ESRCH: already reaped. Its PID cannot have been reused yet. */
export function killIfAlive(pid: number | undefined, signal: Signal = 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
