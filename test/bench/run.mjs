// npm run bench -- NAME [--json] [--runs=N]: measures ours beside what people would pick instead, in
// one run. Without a NAME it lists what can be measured. Nothing here passes or fails; npm test runs
// each with --smallest, which shows that it works and whose figures mean nothing.

import { readdir } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { buildProject, ensureDependencies } from '../host/dependencies.mjs';
import { SetupError, requireNode20 } from '../host/project.mjs';
import { summary } from './measure.mjs';

/**
 * What every *.bench.mjs of this folder exports.
 *
 * @typedef {object} Bench
 * @property {string} about one line
 * @property {'system' | 'ui'} level the test level that runs it once: ui where it opens VS Code
 * @property {(options: Options) => Promise<BenchResult>} bench
 *
 * @typedef {object} Options
 * @property {number} [runs]
 * @property {boolean} [smallest] once, at the smallest size, and with the peers that are there
 *
 * @typedef {object} BenchResult
 * @property {import('./measure.mjs').Samples[]} samples
 * @property {[ours: string, peer: string][]} ratios names of cases: the median of the first over
 *   that of the second
 * @property {{ name: string, why: string }[]} skipped
 */

/** @returns {Promise<string[]>} */
async function names() {
  const files = await readdir(new URL('.', import.meta.url));
  return files
    .filter((file) => file.endsWith('.bench.mjs'))
    .map((file) => file.slice(0, -'.bench.mjs'.length))
    .sort();
}

/** @param {string} name @returns {Promise<Bench>} */
async function load(name) {
  return import(new URL(`${name}.bench.mjs`, import.meta.url).href);
}

function machine() {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}`;
}

async function main() {
  requireNode20();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      runs: { type: 'string' },
      smallest: { type: 'boolean' },
    },
  });
  const known = await names();
  const [name] = positionals;
  if (name === undefined || !known.includes(name)) {
    console.log('npm run bench -- NAME [--json] [--runs=N]\n');
    for (const one of known) console.log(`  ${one.padEnd(12)} ${(await load(one)).about}`);
    process.exitCode = name === undefined ? 0 : 2;
    return;
  }
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0))
    throw new SetupError(`--runs=${values.runs} is not a number of runs.`, 'Give 1 or more.');
  await ensureDependencies();
  const { smallest = false } = values;
  // The tests have built it, and would be measured against another build from there on.
  if (!smallest) await buildProject({ production: true });
  // Every Node reads the certificates that it names at its start, for some 30 ms: that of the environment, not ours.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const { bench } = await load(name);
  const { samples, ratios, skipped } = await bench(smallest ? { runs: 1, smallest } : { runs });

  const cases = samples.map(summary);
  const median = Object.fromEntries(cases.map((one) => [one.name, one.median]));
  const ratio = Object.fromEntries(
    ratios
      .filter(([ours, peer]) => ours in median && peer in median)
      .map(([ours, peer]) => [
        `${ours}/${peer}`,
        Number((Number(median[ours]) / Number(median[peer])).toFixed(3)),
      ]),
  );
  console.log(`\n${name} on ${machine()}`);
  console.table(cases.map(({ name: what, ...figures }) => ({ what, ...figures })));
  for (const [what, figure] of Object.entries(ratio)) console.log(`  ${what}: ${figure}`);
  for (const { name: what, why } of skipped) console.log(`  skipped ${what}: ${why}`);
  if (values.json) {
    console.log(JSON.stringify({ name, machine: machine(), cases, ratios: ratio, skipped }));
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
