/** Which signals a process has a handler for. Called before a container is stopped. */
import { constants } from 'node:os';
import { readFileSync } from 'node:fs';

/**
 * `SigCgt` of /proc/PID/status (proc_pid_status(5)). The PID 1 of a PID namespace never gets a signal
 * that it has no handler for, but SIGKILL and SIGSTOP from outside (pid_namespaces(7)).
 * @returns nothing caught where the process is gone
 */
export function caughtSignals(pid: number): (signal: NodeJS.Signals) => boolean {
  const status = statusOf(pid);
  const mask = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return (signal) => ((mask >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** At once: all threads that read for us may be held up by a container, and stopping it frees them. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return ''; // it is gone
  }
}
