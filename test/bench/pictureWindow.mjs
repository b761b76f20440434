// The picture in the real VS Code, for `npm run bench -- picture`: the frames of its page, and how long the extension
// host is kept from its next turn, while the processes of a container come and go.

import { setTimeout as sleep } from 'node:timers/promises';
import { change, startForest, withHost } from './forestWindow.mjs';

/** What a window does at its beginning is not the picture's: hence the warm-up. */
const usualPace = { seconds: 10, settleMs: 3000, warmUps: 1 };
const smallestPace = { seconds: 1, settleMs: 500, warmUps: 0 };

/**
 * @param {number} size processes of the container
 * @param {number} runs
 * @param {boolean} smallest
 * @returns {Promise<{ samples: import('./measure.mjs').Samples[], ratios: [string, string][] }>}
 */
export async function inWindow(size, runs, smallest) {
  const pace = smallest ? smallestPace : usualPace;
  const { turns, frames } = await withHost(size, (host) => measure(host, size, runs, pace));
  const named = (/** @type {string} */ name) => `${size}, in VS Code: ${name}`;
  const samples = /** @type {const} */ (['clock', 'cpu']).flatMap((of) =>
    Object.entries(turns).map(([when, all]) => ({
      name: named(
        `longest turn of the extension host (${of === 'cpu' ? 'CPU time' : of}), ${when}`,
      ),
      unit: 'ms',
      values: all.map((turn) => turn[of]),
    })),
  );
  return {
    samples: [
      ...samples,
      { name: named('frame of the page'), unit: 'ms', values: frames.flat() },
      {
        name: named('longest frame of the page'),
        unit: 'ms',
        values: frames.map((all) => Math.max(...all)),
      },
    ],
    ratios: samples
      .filter(({ name }) => !name.endsWith('closed'))
      .map(({ name }) => [name, name.replace(/[^,]*$/, ' closed')]),
  };
}

/** @param {import('./forestWindow.mjs').Host} host @param {number} size @param {number} runs @param {typeof usualPace} pace */
async function measure({ workbench, longest }, size, runs, { seconds, settleMs, warmUps }) {
  await startForest(workbench);
  // The Processes view is a cost of its own: npm run bench -- host.
  await workbench.openViewContainer('Explorer');
  /** @type {Record<string, import('./forestWindow.mjs').Turn[]>} */
  const turns = { closed: [], opening: [], open: [] };
  /** @type {number[][]} */
  const frames = [];
  for (let run = -warmUps; run < runs; run++) {
    await workbench.command('View: Close All Editors');
    await sleep(settleMs);
    const closed = Date.now();
    await change(workbench, size, seconds);
    const found = [await longest(closed)];
    const opening = Date.now();
    await workbench.command('Terrarium: Show Containers as a Picture');
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    const all = new RegExp(`^box, ${size + 1} processes`);
    await page.getByRole('treeitem', { name: all }).waitFor();
    await sleep(settleMs);
    found.push(await longest(opening));
    const open = Date.now();
    const watched = page.locator('body').evaluate(watchFrames, seconds * 1000);
    await change(workbench, size, seconds);
    const seen = await watched;
    found.push(await longest(open));
    console.error(`${size}, run ${run + 1}:`, JSON.stringify(found), Math.max(...seen));
    if (run < 0) continue;
    frames.push(seen);
    Object.values(turns).forEach((all, at) => all.push(...found.slice(at, at + 1)));
  }
  return { turns, frames };
}

/**
 * Runs in the page.
 * @param {Element} _body
 * @param {number} ms
 * @returns {Promise<number[]>} milliseconds between two frames
 */
function watchFrames(_body, ms) {
  return new Promise((resolve) => {
    /** @type {number[]} */
    const frames = [];
    let before = NaN;
    const end = performance.now() + ms;
    const tick = (/** @type {number} */ time) => {
      if (!Number.isNaN(before)) frames.push(time - before);
      before = time;
      if (time < end) window.requestAnimationFrame(tick);
      else resolve(frames);
    };
    window.requestAnimationFrame(tick);
  });
}
