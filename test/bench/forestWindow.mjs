// A window of the real VS Code with a container of many sleepers, for the benches: how long its extension host is
// kept from the next turn, and processes that change meanwhile.

import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkbench, stageExtension, startServer } from '../host/index.mjs';
import { compileForest } from './forest.mjs';
import { endHelpers } from './helpers.mjs';

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
export async function withHost(size, work) {
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

/** Starts the container, and waits for its last process. @param {import('../host/workbench.mjs').Workbench} workbench */
export async function startForest(workbench) {
  await workbench.openViewContainer('Terrarium');
  await workbench.treeAction('Containers', 'box', 'Start Container');
  await workbench.waitForTerminal(/^ready$/m);
}

/** 1 % of the processes, each second. @param {import('../host/workbench.mjs').Workbench} workbench @param {number} size @param {number} seconds */
export async function change(workbench, size, seconds) {
  for (let second = 0; second < seconds; second++) {
    await workbench.typeInTerminal(`${size / 100}\n`);
    await sleep(1000);
  }
}
