/** The host PID of PID 1 in a container of a runtime. Used by launchRuntime.ts. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { statusNumbers } from '../../../core/procfs/parseStatus';
import { boundedReads, heldUp } from '../../processes/BoundedReads';
import { childrenOf } from '../../processes/childrenOf';

/** Interval between two reads of the runtime's PID file, in milliseconds. */
const lookEvery = 5;

/** @returns undefined where the runtime has ended without a PID file */
export async function pidWritten(file: string, isOver: () => boolean): Promise<number | undefined> {
  for (;;) {
    const last = isOver(); // before the read: the file may be written between the two
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
 * The child with this PID in the runtime's PID namespace (NSpid, proc_pid_status(5)). The payload runs by
 * then. @throws TerrariumError `process-held-up`
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
    if (status === undefined && children.length === 1) return pid; // a runtime has no other child
    if (status === undefined) throw heldUp(pid);
    if (statusNumbers(status, 'NSpid')[1] === inner) return pid;
  }
  return undefined;
}
