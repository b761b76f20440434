/** What a container used over time, for its chart: one sample a second, as many as are worth keeping. */
import type { ProcessInfo } from '../../protocol/processes';
import { memoryOf } from './arrange';

export interface UsageSample {
  /** Seconds since the epoch. */
  readonly at: number;
  /** Per cent of one CPU, all processes together; null where nobody looked. */
  readonly cpu: number | null;
  /** Bytes, all processes together. */
  readonly memory: number | null;
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
  readonly processes: number;
}

export function totalOf(infos: readonly ProcessInfo[]): Total {
  let [cpu, memory, isUpperBound] = [0, 0, false];
  for (const info of infos) {
    cpu += info.cpu;
    memory += memoryOf(info);
    isUpperBound ||= info.pss === undefined && info.rss > 0;
  }
  return { cpu, memory, isUpperBound, processes: infos.length };
}

/** @param at seconds since the epoch */
export function usageOf(infos: readonly ProcessInfo[], at: number): UsageSample {
  const { cpu, memory, processes } = totalOf(infos);
  return { at, cpu, memory, processes };
}

/** The last samples, oldest first; the oldest go when there are too many. */
export class UsageHistory {
  readonly #samples: UsageSample[] = [];

  get samples(): readonly UsageSample[] {
    return this.#samples;
  }

  get last(): UsageSample | undefined {
    return this.#samples.at(-1);
  }

  /** @returns what was added: a gap too, where nobody looked for a while */
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
