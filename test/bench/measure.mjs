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
 * Runs every case `warmUps` times without counting, then `runs` times in turn.
 * @param {Case[]} cases
 * @param {number} runs
 * @param {number} [warmUps]
 * @param {(cases: Case[]) => Case[]} [orderOf] the order of each round; `shuffled` where a case leaves something to the next
 *   one: cold caches, namespaces that the kernel takes down later
 * @returns {Promise<Samples[]>}
 */
export async function interleaved(cases, runs, warmUps = 1, orderOf = (all) => all) {
  for (let run = 0; run < warmUps; run++) for (const one of cases) await one.run();
  const samples = cases.map(({ name, unit }) => ({
    name,
    unit,
    values: /** @type {number[]} */ ([]),
  }));
  for (let run = 0; run < runs; run++) {
    for (const one of orderOf(cases)) samples[cases.indexOf(one)]?.values.push(await one.run());
  }
  return samples;
}

/**
 * @template T
 * @param {T[]} all
 * @returns {T[]} in an order at random
 */
export function shuffled(all) {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/**
 * As `interleaved`, for cases that may hang: each run has a limit. A case that fails is left out from
 * there on, with its figures, and named with the reason; the others go on.
 * @param {(Case & { recover?: () => Promise<void> })[]} cases `recover` makes room for the next case
 * @param {number} runs
 * @param {number} limitMs for one run
 * @param {number} [warmUps]
 * @returns {Promise<{ samples: Samples[], skipped: { name: string, why: string }[] }>}
 */
export async function interleavedWithin(cases, runs, limitMs, warmUps = 1) {
  /** @type {{ name: string, why: string }[]} */
  const skipped = [];
  const samples = cases.map(({ name, unit }) => ({
    name,
    unit,
    values: /** @type {number[]} */ ([]),
  }));
  const failed = (/** @type {string} */ name) => skipped.some((one) => one.name === name);
  for (let run = -warmUps; run < runs; run++) {
    for (const [index, one] of cases.entries()) {
      if (failed(one.name)) continue;
      try {
        const value = await within(limitMs, one.run());
        if (run >= 0) samples[index]?.values.push(value);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        skipped.push({ name: one.name, why: why.split('\n')[0] ?? '' });
        console.error(`${one.name}: ${why}`);
        try {
          await within(limitMs, one.recover?.() ?? Promise.resolve());
        } catch (after) {
          // Nothing can be measured in what is left: the rest is named as well, and it ends here.
          const reason = after instanceof Error ? after.message.split('\n')[0] : String(after);
          for (const { name } of cases)
            if (!failed(name)) skipped.push({ name, why: `after ${one.name} failed: ${reason}` });
        }
      }
    }
  }
  return { samples: samples.filter(({ name }) => !failed(name)), skipped };
}

/**
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function within(ms, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${ms / 1000} s`)), ms);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
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
