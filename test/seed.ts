/**
 * Random tests that can be run again: each prints its seed, and TERRARIUM_SEED repeats it.
 * TERRARIUM_RUNS says how often, in place of the test's own bounded number.
 */
import { randomInt } from 'node:crypto';

export interface Seeded {
  readonly seed: number;
  readonly numRuns: number;
}

/** @param what for the line that is printed */
export function seeded(what: string, numRuns: number): Seeded {
  const given = process.env.TERRARIUM_SEED;
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  const runs = Number(process.env.TERRARIUM_RUNS ?? numRuns);
  console.log(`      ${what}: ${runs} runs, TERRARIUM_SEED=${seed}`);
  return { seed, numRuns: runs };
}
