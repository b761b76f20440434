/** Who PID 1 is of a container that a runtime started, as the helper counts. Used by launchRuntime.ts. */
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

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

/** Each thread has its own (proc_tid_children(5)), and Go programs have many. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => ''),
    ),
  );
  return lists.join(' ').split(' ').filter(Boolean).map(Number);
}

export async function onlyChild(pid: number): Promise<number | undefined> {
  return (await childrenOf(pid))[0];
}

/** The child that the runtime knows by this PID in its own namespace (NSpid, proc_pid_status(5)). */
export async function childWith(
  parent: number | undefined,
  inner: number,
): Promise<number | undefined> {
  for (const pid of parent === undefined ? [] : await childrenOf(parent)) {
    const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
    const numbers = /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split('\t').map(Number);
    if (numbers?.[1] === inner) return pid;
  }
  return undefined;
}
