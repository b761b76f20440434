/** Changes how much CPU time a process gets beside others. Called in the process reader's thread. */
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { TerrariumError } from '../../core/errors';
import type { SignalTarget } from './signalProcess';

const { SIGKILL } = constants.signals;

/**
 * Linux keeps a nice value for each thread (setpriority(2), NOTES); one that starts meanwhile inherits
 * its maker's. @throws TerrariumError `process-gone`, `process-ended`, `renice-refused`
 */
export async function reniceProcess(
  reader: SignalTarget,
  pid: number,
  startTime: string,
  nice: number,
): Promise<void> {
  const hostPid = reader.hostPidOf(pid, startTime);
  if (hostPid === undefined) throw processGone(pid);
  const hasEnded = (await reader.unheardBy(hostPid, SIGKILL)) === 'ended';
  if (!reader.isStill(hostPid, pid, startTime)) throw processGone(pid);
  if (hasEnded) throw ended(pid);
  try {
    for (const thread of readdirSync(`/proc/${hostPid}/task`)) setPriority(Number(thread), nice);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const { info } = error as { info?: { code?: string } };
    const reason = info?.code ?? code;
    if (reason === 'ESRCH' || reason === 'ENOENT') throw processGone(pid);
    if (reason !== 'EACCES' && reason !== 'EPERM') throw error;
    throw new TerrariumError(
      'renice-refused',
      `The kernel does not let the helper set the nice value of process ${pid} to ${nice}.`,
      'Without root it can only be raised; start the container with sudo to lower it.',
      { cause: error },
    );
  }
}

function ended(pid: number): TerrariumError {
  return new TerrariumError(
    'process-ended',
    `Process ${pid} is a zombie: it has ended, so there is nothing for a nice value to change.`,
    'It goes once its parent asks for its exit status.',
  );
}

export function processGone(pid: number): TerrariumError {
  return new TerrariumError(
    'process-gone',
    `Process ${pid} has ended.`,
    'Look at the list again and choose anew.',
  );
}
