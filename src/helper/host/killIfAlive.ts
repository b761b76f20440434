/** A signal to a PID 1 that may have ended already. Used by what starts containers. */
import type { Signal } from '../../core/config/stopSignal';

/** Its parent reaps it a moment before we hear of that: then it is nobody, and nobody else yet. */
export function killIfAlive(pid: number | undefined, signal: Signal = 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
