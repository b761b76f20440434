/** What a container used over time, for its chart: one sample a second, as many as are worth keeping. */
import type { ProcessInfo } from '../../protocol/processes';
import { memoryOf } from './arrange';

export interface UsageSample {
  /** Seconds since the start of the machine: no step of its clock makes them go back. */
  readonly at: number;
  /** Per cent of one CPU, all processes together; null where it was not measured. */
  readonly cpu: number | null;
  /** Bytes, all processes together; null where it was not measured or not read whole yet. */
  readonly memory: number | null;
  /** Set where the kernel does not tell of all what they share: then it is at most this. */
  readonly isUpperBound?: boolean;
  readonly processes: number | null;
}

/** Half an hour of seconds. */
export const maxSamples = 1800;

/** What all processes of a container use together. */
export interface Total {
  /** Per cent of one CPU. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** What some share is counted more than once: the kernel did not tell the proportional size of all. */
  readonly isUpperBound: boolean;
  /** The same, because some are so new that they were not asked yet: the next reads do. */
  readonly isPending: boolean;
  readonly processes: number;
}

export function totalOf(infos: readonly ProcessInfo[]): Total {
  let [cpu, memory, isUpperBound, isPending] = [0, 0, false, false];
  for (const info of infos) {
    cpu += info.cpu;
    memory += memoryOf(info);
    if (info.pssUnread) isPending = true;
    else isUpperBound ||= info.pss === undefined && info.rss > 0;
  }
  return { cpu, memory, isUpperBound, isPending, processes: infos.length };
}

/** @param at seconds since any moment, the same for all samples of one chart */
export function usageOf(infos: readonly ProcessInfo[], at: number): UsageSample {
  const { cpu, memory, isUpperBound, isPending, processes } = totalOf(infos);
  // Of what has just forked, what is known is many times too high for a moment.
  return { at, cpu, memory: isPending ? null : memory, isUpperBound, processes };
}

/** The last samples, oldest first; the oldest go when there are too many. */
export class UsageHistory {
  readonly #samples: UsageSample[];

  /** @param earlier what is known already */
  constructor(earlier: readonly UsageSample[] = []) {
    this.#samples = [...earlier];
  }

  get samples(): readonly UsageSample[] {
    return this.#samples;
  }

  get last(): UsageSample | undefined {
    return this.#samples.at(-1);
  }

  /** @returns what was added: a gap too, after a while without a measurement */
  add(sample: UsageSample, gapAfter = 5): UsageSample[] {
    const { last } = this;
    const isGap = last !== undefined && sample.at - last.at > gapAfter;
    const added = isGap
      ? [{ at: last.at + 1, cpu: null, memory: null, processes: null }, sample]
      : [sample];
    this.#samples.push(...added);
    if (this.#samples.length > maxSamples)
      this.#samples.splice(0, this.#samples.length - maxSamples);
    return added;
  }
}
