// How long the real extension host is kept from its next turn while the process tree is shown: the
// longest delay of its event loop, beside the same host with the view hidden.

import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePackages, SetupError } from '../host/index.mjs';
import { change, startForest, withHost } from './forestWindow.mjs';

export const about = 'the event loop of the real extension host, with the tree shown and hidden';
export const level = 'ui';

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 5, smallest }) {
  if (process.getuid?.() !== 0)
    throw new SetupError('This bench makes PID namespaces.', 'Run it as root.');
  await ensurePackages('containers', 'compiler', 'browser');
  const samples = [];
  /** @type {[string, string][]} */
  const ratios = [];
  const pace = smallest ? { seconds: 1, settleMs: 500, warmUps: 0 } : usualPace;
  for (const size of smallest ? [100] : [1000, 10_000]) {
    const found = await withHost(size, (host) => measure(host, size, runs, pace));
    samples.push(...found);
    for (const { name } of found)
      if (!name.endsWith('hidden')) ratios.push([name, name.replace(/, .*/, ', hidden')]);
  }
  return { samples, ratios, skipped: [] };
}

/** What a window does at its beginning is not ours: hence the warm-up. */
const usualPace = { seconds: 10, settleMs: 3000, warmUps: 1 };

/** @param {import('./forestWindow.mjs').Host} host @param {number} size @param {number} runs @param {typeof usualPace} pace */
async function measure({ workbench, longest }, size, runs, { seconds, settleMs, warmUps }) {
  const lastly = `${seconds} s of ticks`;
  await startForest(workbench);
  /** @type {Record<string, import('./forestWindow.mjs').Turn[]>} */
  const turns = { hidden: [], 'all rows come': [], [lastly]: [] };
  for (let run = -warmUps; run < runs; run++) {
    await workbench.openViewContainer('Explorer');
    await sleep(settleMs);
    const hidden = Date.now();
    await change(workbench, size, seconds);
    const found = [await longest(hidden)];
    const shown = Date.now();
    await workbench.openViewContainer('Terrarium');
    await workbench.waitForTree(
      'Processes',
      ([, all]) => Boolean(all?.description.includes(` ${size + 1} processes`)),
      { timeout: 60_000 },
    );
    await sleep((settleMs * 2) / 3);
    found.push(await longest(shown));
    const ticking = Date.now();
    await change(workbench, size, seconds);
    found.push(await longest(ticking));
    console.error(`${size}, run ${run + 1}:`, JSON.stringify(found));
    if (run >= 0) Object.values(turns).forEach((all, at) => all.push(...found.slice(at, at + 1)));
  }
  return /** @type {const} */ (['cpu', 'clock']).flatMap((of) =>
    Object.entries(turns).map(([when, all]) => ({
      name: `${size}: longest turn ${of === 'cpu' ? '(CPU time)' : '(clock)'}, ${when}`,
      unit: 'ms',
      values: all.map((turn) => turn[of]),
    })),
  );
}
