// Interleaved measuring for the benches: A B C, A B C, …, so that a machine that gets slower
// meanwhile gets slower for all of them.

/**
 * @typedef {object} Samples
 * @property {string} name
 * @property {string} unit `ms`, `MB/s`, …
 * @property {number[]} values
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} unit
 * @property {() => Promise<number>} run one run; returns the figure
 */

/**
 * Runs every case once without counting, then `runs` times in turn.
 * @param {Case[]} cases
 * @param {number} runs
 * @returns {Promise<Samples[]>}
 */
export async function interleaved(cases, runs) {
  for (const one of cases) await one.run();
  const samples = cases.map(({ name, unit }) => ({
    name,
    unit,
    values: /** @type {number[]} */ ([]),
  }));
  for (let run = 0; run < runs; run++) {
    for (const [index, one] of cases.entries()) samples[index]?.values.push(await one.run());
  }
  return samples;
}

/** @param {Samples} samples */
export function summary({ name, unit, values }) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1
      ? Number(sorted[middle])
      : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2;
  const round = (/** @type {number | undefined} */ value) => Number((value ?? NaN).toPrecision(5));
  return {
    name,
    unit,
    median: round(median),
    min: round(sorted[0]),
    max: round(sorted.at(-1)),
    runs: values.length,
  };
}
