// How long the real extension host is kept from its next turn while the process tree is shown: the
// longest delay of its event loop, beside the same host with the view hidden.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ensurePackages,
  openWorkbench,
  SetupError,
  stageExtension,
  startServer,
} from '../host/index.mjs';
import { compileForest } from './forest.mjs';
import { endHelpers } from './helpers.mjs';

export const about = 'the event loop of the real extension host, with the tree shown and hidden';
export const level = 'ui';

/**
 * Loaded by every Node of the server. The extension host writes, each 100 ms, its longest turn between
 * two looks: by the clock (other programs of the machine are in it) and in CPU time of its own thread.
 */
const probe = `
if (process.argv.includes('--type=extensionHost')) {
  const { appendFileSync } = require('node:fs');
  const now = () => {
    const { user, system } = process.threadCpuUsage();
    return { clock: performance.now(), cpu: (user + system) / 1000 };
  };
  let before = now();
  let longest = { clock: 0, cpu: 0 };
  setInterval(() => {
    const { clock, cpu } = now();
    longest.clock = Math.max(longest.clock, clock - before.clock);
    longest.cpu = Math.max(longest.cpu, cpu - before.cpu);
    before = { clock, cpu };
  }, 1).unref();
  setInterval(() => {
    appendFileSync(__filename + '.log', JSON.stringify({ at: Date.now(), ...longest }) + '\\n');
    longest = { clock: 0, cpu: 0 };
    before = now();
  }, 100).unref();
}`;

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

/**
 * @typedef {object} Host
 * @property {import('../host/workbench.mjs').Workbench} workbench
 * @property {(since: number) => Promise<Turn>} longest since then
 *
 * @typedef {{ clock: number, cpu: number }} Turn in ms
 */

/**
 * @template T
 * @param {number} size
 * @param {(host: Host) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withHost(size, work) {
  const scratch = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const [file, workspace] = [join(scratch, 'probe.cjs'), join(scratch, 'workspace')];
  await writeFile(file, probe);
  await makeBundle(scratch, workspace, size);
  const extension = await stageExtension();
  const server = await startServer({
    workspace,
    extensionDir: extension.dir,
    nodeArgs: [`--require=${file}`],
    env: { XDG_RUNTIME_DIR: scratch },
  });
  const workbench = await openWorkbench({ server });
  const longest = async (/** @type {number} */ since) => {
    const lines = (await readFile(`${file}.log`, 'utf8')).trimEnd().split('\n');
    const turns = lines.map((line) => JSON.parse(line)).filter(({ at }) => at >= since);
    return {
      clock: Math.max(...turns.map(({ clock }) => clock)),
      cpu: Math.max(...turns.map(({ cpu }) => cpu)),
    };
  };
  try {
    return await work({ workbench, longest });
  } finally {
    await workbench.close();
    await server.stop();
    await endHelpers(extension.dir);
    await extension.remove();
    await rm(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** @param {string} scratch @param {string} workspace @param {number} size */
async function makeBundle(scratch, workspace, size) {
  const bundle = join(workspace, 'box');
  for (const part of ['proc', 'dev', 'tmp', 'bin', 'etc'])
    await mkdir(join(bundle, 'rootfs', part), { recursive: true });
  await copyFile(compileForest(scratch), join(bundle, 'rootfs/bin/forest'));
  await writeFile(
    join(bundle, 'config.json'),
    JSON.stringify({
      ociVersion: '1.2.0',
      root: { path: 'rootfs' },
      process: {
        terminal: true,
        args: ['/bin/forest', String(size)],
        cwd: '/',
        user: { uid: 0, gid: 0 },
      },
      mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
      linux: { namespaces: ['pid', 'mount', 'uts', 'ipc'].map((type) => ({ type })) },
    }),
  );
}

/** What a window does at its beginning is not ours: hence the warm-up. */
const usualPace = { seconds: 10, settleMs: 3000, warmUps: 1 };

/** @param {Host} host @param {number} size @param {number} runs @param {typeof usualPace} pace */
async function measure({ workbench, longest }, size, runs, { seconds, settleMs, warmUps }) {
  const lastly = `${seconds} s of ticks`;
  await workbench.openViewContainer('Terrarium');
  await workbench.treeAction('Containers', 'box', 'Start Container');
  await workbench.waitForTerminal(/^ready$/m);
  /** @type {Record<string, Turn[]>} */
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

/** 1 % of the processes, each second. @param {import('../host/workbench.mjs').Workbench} workbench @param {number} size @param {number} seconds */
async function change(workbench, size, seconds) {
  for (let second = 0; second < seconds; second++) {
    await workbench.typeInTerminal(`${size / 100}\n`);
    await sleep(1000);
  }
}
