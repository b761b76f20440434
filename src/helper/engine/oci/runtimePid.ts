/** Who PID 1 is of a container that a runtime started, as the helper counts. Used by launchRuntime.ts. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { statusNumbers } from '../../../core/procfs/parseStatus';
import { boundedReads, heldUp } from '../../processes/BoundedReads';
import { childrenOf } from '../../processes/childrenOf';

/** Between two looks for the file in which the runtime says who PID 1 is, in milliseconds. */
const lookEvery = 5;

/** @returns undefined where it is over and has written none */
export async function pidWritten(file: string, isOver: () => boolean): Promise<number | undefined> {
  for (;;) {
    const last = isOver(); // asked first: a payload may have come and gone since the last look
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/^\d{1,10}$/.test(text.trim())) return Number(text);
    if (last) return undefined;
    await delay(lookEvery);
  }
}

export async function onlyChild(pid: number): Promise<number | undefined> {
  return (await childrenOf(pid))[0];
}

/**
 * The child that the runtime knows by this PID in its own namespace (NSpid, proc_pid_status(5)). Its payload
 * runs by then. @throws TerrariumError `process-held-up`
 */
export async function childWith(
  parent: number | undefined,
  inner: number,
): Promise<number | undefined> {
  const children = parent === undefined ? [] : await childrenOf(parent);
  for (const pid of children) {
    const status = await boundedReads.ask(pid, () =>
      readFile(`/proc/${pid}/status`, 'latin1').catch(() => ''),
    );
    if (status === undefined && children.length === 1) return pid; // a runtime leaves no other child
    if (status === undefined) throw heldUp(pid);
    if (statusNumbers(status, 'NSpid')[1] === inner) return pid;
  }
  return undefined;
}
