/**
 * Whether what is in front of a lesson's terminal does nothing any more. Looks are counted and not seconds: a shell that
 * gets no processor time, on a machine that is busy or emulated, is waited for, and one that sleeps has read what was
 * typed. Used by LessonShell.ts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { boundedStat } from '../processes/boundedStat';

/** How often is looked, in milliseconds. */
export const lookEveryMs = 60;
/** Without a difference: three seconds where nothing else is to be done. */
const stillLooks = 50;
/** One that runs all the time waits for nothing that is typed. */
const mostLooks = 1000;

export class Stillness {
  #seen = '';
  #still = 0;
  #looks = 0;

  /** @param pid in front now @returns whether it has slept, or was gone, for many looks in a row */
  async isStill(pid: number): Promise<boolean> {
    const stat = await boundedStat(pid);
    const seen = [pid, stat?.startTime, stat?.cpuTicks].join(' ');
    this.#still = seen === this.#seen && stat?.state !== 'R' ? this.#still + 1 : 0;
    this.#seen = seen;
    return this.#still >= stillLooks || ++this.#looks >= mostLooks;
  }
}

/** Resolves when that is so, or where the signal is aborted. */
export async function untilStill(front: () => Promise<number>, signal: AbortSignal): Promise<void> {
  const stillness = new Stillness();
  while (!signal.aborted && !(await stillness.isStill(await front())))
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined); // aborted
}
