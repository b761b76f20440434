/** Signals one process of a container, never one that reuses its PID. Called in the reader's thread. */
import { constants } from 'node:os';
import { TerrariumError } from '../../core/errors';
import type { Unheard } from '../../protocol/messages';

/** The part of the process reader that this needs. */
export interface SignalTarget {
  hostPidOf(pid: number, startTime: string): number | undefined;
  isStill(hostPid: number, pid: number, startTime: string): boolean;
  unheardBy(hostPid: number, signal: number): Promise<Unheard | undefined>;
}

/**
 * Node has no pidfd_send_signal(2), so a gap of microseconds remains: between the last look at the
 * start time and kill(2) the process would have to end, be reaped, and its number be given out again,
 * after all other numbers up to pid_max were. Nothing of ours runs in between: both are synchronous.
 * Nothing is read after kill(2): if the process blocks a read, another thread repeats this call, and the
 * signal is still sent once.
 *
 * @param pid container PID
 * @param startTime field 22 of stat, from the tree's row
 * @param signal `SIGTERM` …, or a real-time signal as `SIGRTMIN+3`
 * @returns why it does nothing; undefined where that is not known
 * @throws TerrariumError `unknown-signal`, `process-gone` (ended, or its PID is another's by now),
 * `signal-refused` (EPERM)
 */
export async function signalProcess(
  reader: SignalTarget,
  pid: number,
  startTime: string,
  signal: string,
  kill: (hostPid: number, signal: number) => void = (hostPid, number) =>
    void process.kill(hostPid, number),
): Promise<Unheard | undefined> {
  const number = signalNumber(signal);
  const hostPid = reader.hostPidOf(pid, startTime);
  if (hostPid === undefined) throw gone(pid, signal);
  const unheard = await reader.unheardBy(hostPid, number);
  if (!reader.isStill(hostPid, pid, startTime)) throw gone(pid, signal);
  if (unheard === 'ended') return unheard;
  try {
    kill(hostPid, number);
    return unheard;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH') throw gone(pid, signal);
    if (code !== 'EPERM') throw error;
    throw new TerrariumError(
      'signal-refused',
      `The kernel does not let the helper send ${signal} to process ${pid}, which runs as another user.`,
      'Send it from a shell inside the container, or stop the container.',
      { cause: error },
    );
  }
}

/** @throws TerrariumError `unknown-signal` */
export function signalNumber(name: string): number {
  const known = new Map<string, number>(Object.entries(constants.signals)).get(name);
  const realTime = /^SIGRTMIN(?:\+([1-9]\d?))?$/.exec(name);
  // glibc keeps 32 and 33 for its threads: signal(7). SIGRTMAX is 64.
  const number = realTime ? 34 + Number(realTime[1] ?? 0) : known;
  if (number === undefined || number > 64) {
    throw new TerrariumError(
      'unknown-signal',
      `There is no signal “${name}”.`,
      'Choose one of signal(7), for example SIGTERM, SIGKILL or SIGRTMIN+3.',
    );
  }
  return number;
}

export function gone(pid: number, signal: string): TerrariumError {
  return new TerrariumError(
    'process-gone',
    `Process ${pid} has ended, so ${signal} was not sent: its number may be another process's by now.`,
    'Look at the list again and choose anew.',
  );
}
