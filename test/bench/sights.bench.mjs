// npm run bench -- sights: how long the table of what each process sees takes to be whole, from the first look of
// the helper, and for how long it keeps the helper's main thread busy at a stretch. Beside it one run of lsns for
// the same processes, which tells their namespaces alone.

import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ensurePackages } from '../host/debian.mjs';
import { SetupError } from '../host/project.mjs';
import { Grove, compileForest } from './forest.mjs';
import { loadParts } from './parts.mjs';

export const about = 'the table of what each process sees, at 10, 100 and 1,000 processes';
export const level = 'system';

const parts = `
  export { ProcfsReader } from './src/helper/processes/ProcfsReader';
  export { SightWatcher } from './src/helper/sight/SightWatcher';`;

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 2, smallest }) {
  if (process.getuid?.() !== 0)
    throw new SetupError('This bench makes PID namespaces.', 'Run it as root.');
  await ensurePackages('compiler');
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const samples = [];
  /** @type {[string, string][]} */
  const ratios = [];
  try {
    const ours = await loadParts(folder, parts);
    const program = compileForest(folder);
    for (const size of smallest ? [10] : [10, 100, 1000]) {
      const grove = await Grove.plant(program, size);
      try {
        /** @type {Record<string, number[]>} */
        const values = { whole: [], half: [], busy: [], lsns: [] };
        for (let run = 0; run < runs; run++) {
          const { whole, half, busy } = await firstView(ours, grove, size);
          values.whole?.push(whole);
          values.half?.push(half);
          values.busy?.push(busy);
          values.lsns?.push(await grove.look('lsns'));
        }
        const sample = (/** @type {string} */ name, /** @type {string} */ of) => ({
          ...{ name: `${size}: ${name}`, unit: 'ms' },
          values: /** @type {number[]} */ (values[of]),
        });
        samples.push(
          sample('whole table', 'whole'),
          sample('upper half of the table', 'half'),
          sample('main thread busy at a stretch', 'busy'),
          sample('lsns', 'lsns'),
        );
        ratios.push([`${size}: whole table`, `${size}: lsns`]);
      } finally {
        await grove.end();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { samples, ratios, skipped: [] };
}

/** @param {any} ours @param {Grove} grove @param {number} size */
async function firstView(ours, { hostPid }, size) {
  const procfs = openSync(`/proc/${hostPid}/root/proc`, 'r');
  const reader = new ours.ProcfsReader({ procfs, hostPid });
  const infos = reader.read();
  const changes = async (/** @type {number | undefined} */ since) => ({
    ...{ full: since === undefined, upserted: since === undefined ? infos : [], removed: [] },
    ...{ version: 1, isLively: false },
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const start = performance.now();
  let half = NaN;
  /** @type {Set<string>} */
  const known = new Set();
  await new Promise((/** @type {(value: void) => void} */ done) => {
    const watcher = new ours.SightWatcher({
      watch: '0'.repeat(16),
      place: { helper: process.pid, pid1: hostPid, viewer: undefined },
      source: () => ({ changes }),
      emit: (/** @type {{ seen: [string, object][] }} */ { seen }) => {
        JSON.stringify(seen); // as it is sent
        for (const [key] of seen) known.add(key);
        if (known.size > size / 2 && Number.isNaN(half)) half = performance.now() - start;
        if (known.size <= size) return;
        watcher.stop();
        done();
      },
    });
    delay.enable();
    void watcher.run();
  });
  delay.disable();
  const whole = performance.now() - start;
  reader.close();
  closeSync(procfs);
  return { whole, half, busy: delay.max / 1e6 };
}
