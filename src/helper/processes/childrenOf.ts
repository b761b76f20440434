/** Children of a process, told without its memory. Used where a process has to be found below another. */
import { readFile, readdir } from 'node:fs/promises';

/** Each thread has its own (proc_tid_children(5)), and Go programs have many. */
export async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => ''),
    ),
  );
  return lists.join(' ').split(' ').filter(Boolean).map(Number);
}
