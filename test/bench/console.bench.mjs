// From a container to the screen, beside VS Code's own terminal that runs the same program in the same
// window: throughput, how soon a key is echoed while another terminal of the same kind prints, and how
// soon Ctrl+C stops a program that prints without end.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages, openWorkbench, stageExtension, startServer } from '../host/index.mjs';
import { endHelpers } from './helpers.mjs';
import { interleavedWithin } from './measure.mjs';
import { pressAndSee } from './screen.mjs';

/** @typedef {import('../host/workbench.mjs').Workbench} Workbench */

export const about = 'bytes per second to the screen, a key’s echo and Ctrl+C under load';
export const level = 'ui';

/** Bytes of the file that is printed; base64 in lines of 76 characters. */
let bytes = 8 * 1024 * 1024;
/** How long one run of a case may take, in milliseconds. */
const limitMs = 60_000;
const patience = { timeout: limitMs };
/** Key presses of one run; its figure is their median. */
let keys = 15;
const kinds = /** @type {const} */ (['container', 'terminal']);
/** @typedef {(typeof kinds)[number]} Kind */
/** Rows of the terminal list, in the order in which `openAll` makes them. */
const rowOf = { container: 0, terminal: 2 };

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 5, smallest }) {
  if (smallest) [bytes, keys] = [256 * 1024, 1];
  await ensurePackages('containers', 'browser');
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const workspace = join(folder, 'workspace');
  const rootfs = await makeBundle(join(workspace, 'box'));
  await mkdir(join(folder, 'run'), { mode: 0o700 });
  const staged = await stageExtension();
  const server = await startServer({
    workspace,
    extensionDir: staged.dir,
    env: { XDG_RUNTIME_DIR: join(folder, 'run') },
    settings: {
      // It would show a key before the program has answered, in VS Code's own terminals only.
      'terminal.integrated.localEchoEnabled': 'off',
      'terminal.integrated.shellIntegration.enabled': false,
    },
  });
  /** @type {Workbench | undefined} */
  let workbench;
  try {
    workbench = await openWorkbench({ server });
    const window = workbench;
    await openAll(window, rootfs);
    const measures = [
      { what: 'throughput', unit: 'MB/s', run: throughput },
      { what: 'key echo under load', unit: 'ms', run: keyEcho },
      { what: 'Ctrl+C', unit: 'ms', run: interruption },
    ];
    const cases = measures.flatMap(({ what, unit, run }) =>
      kinds.map((kind) => ({
        name: `${kind} ${what}`,
        unit,
        run: async () => {
          await show(window, rowOf[kind]);
          return run(window, kind, rootfs);
        },
        recover: async () => {
          await rm(join(rootfs, `load-${kind}`), { force: true });
          await window.page.keyboard.press('Control+C');
          await window.waitForTerminal(prompt, patience);
        },
      })),
    );
    const { samples, skipped } = await interleavedWithin(cases, runs, limitMs, smallest ? 0 : 1);
    return {
      samples,
      ratios: measures.map(({ what }) => [`container ${what}`, `terminal ${what}`]),
      skipped,
    };
  } finally {
    await workbench?.close();
    await server.stop();
    await endHelpers(staged.dir);
    await staged.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} bundle @returns {Promise<string>} its rootfs, with BusyBox and the file to print */
async function makeBundle(bundle) {
  const rootfs = join(bundle, 'rootfs');
  for (const name of ['bin', 'proc', 'dev', 'etc'])
    await mkdir(join(rootfs, name), { recursive: true });
  await copyFile('/usr/bin/busybox', join(rootfs, 'bin/busybox'));
  execFileSync('chroot', [rootfs, '/bin/busybox', '--install', '-s', '/bin']);
  const text = randomBytes((bytes * 3) / 4).toString('base64');
  await writeFile(join(rootfs, 'text'), text.replace(/.{76}/g, '$&\n'));
  const config = {
    ociVersion: '1.0.2',
    process: {
      terminal: true,
      user: { uid: 0, gid: 0 },
      args: ['/bin/sh'],
      env: ['PATH=/bin', 'TERM=xterm-256color'],
      cwd: '/',
    },
    root: { path: 'rootfs' },
    hostname: 'box',
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces: [{ type: 'pid' }, { type: 'uts' }, { type: 'ipc' }, { type: 'mount' }] },
  };
  await writeFile(join(bundle, 'config.json'), JSON.stringify(config));
  return rootfs;
}

const prompt = /\/ #\s*$/;

/**
 * Opens the container's console and a session, and two terminals of VS Code's, all with the same shell.
 * The second of each kind prints about 1 MB/s while the file `load-KIND` is there.
 * @param {Workbench} workbench
 * @param {string} rootfs
 */
async function openAll(workbench, rootfs) {
  const load = (/** @type {Kind} */ kind, busybox = '') =>
    `while :; do [ -e load-${kind} ] && ${busybox}head -c 20000 text; ${busybox}usleep 20000; done\n`;
  await workbench.command('Terrarium: Start Container');
  await workbench.waitForTerminal(prompt, patience);
  await workbench.command('Terrarium: Open Shell in Container');
  await row(workbench, 1).waitFor(patience);
  await show(workbench, 1);
  await workbench.typeInTerminal(load('container'));
  for (const which of [2, 3]) {
    await workbench.command('Terminal: Create New Terminal');
    await row(workbench, which).waitFor(patience);
    await workbench.waitForTerminal(/[#$]\s*$/, patience);
    // The same program on the same files, without namespaces around it.
    await workbench.typeInTerminal(`cd ${rootfs} && PATH= PS1='/ # ' exec bin/busybox sh\n`);
    await workbench.waitForTerminal(/^\/ #\s*$/m, patience);
    if (which === 3) await workbench.typeInTerminal(load('terminal', 'bin/busybox '));
  }
  await workbench.command('Notifications: Clear All Notifications');
  await show(workbench, rowOf.terminal);
  await workbench.typeInTerminal('alias cat="bin/busybox cat" yes="bin/busybox yes"\n');
}

/** @param {Workbench} workbench @param {number} index */
function row(workbench, index) {
  return workbench.page.locator(`.tabs-list .monaco-list-row[data-index="${index}"]`);
}

/** @param {Workbench} workbench @param {number} index in the list of terminals */
async function show(workbench, index) {
  await row(workbench, index).click();
  await workbench.waitForTerminal(prompt, patience);
  await workbench.typeInTerminal('');
}

let mark = 0;

/** @param {Workbench} workbench */
async function throughput(workbench) {
  const line = `end-${++mark}`;
  // The mark is not in what was typed.
  await workbench.typeInTerminal(`cat text; echo; echo end''-${mark}`);
  const ms = await pressAndSee(workbench, 'Enter', { line, at: 'anywhere' }, limitMs);
  return bytes / 1e6 / (ms / 1000);
}

/** @param {Workbench} workbench @param {Kind} kind @param {string} rootfs */
async function keyEcho(workbench, kind, rootfs) {
  await workbench.typeInTerminal('\n');
  const load = join(rootfs, `load-${kind}`);
  await writeFile(load, '');
  try {
    /** @type {number[]} */
    const figures = [];
    for (let count = 1; count <= keys; count++) {
      const line = `/ # ${'x'.repeat(count)}`;
      figures.push(await pressAndSee(workbench, 'x', { line, at: 'cursor' }, limitMs));
      // Not in step with the load.
      await workbench.page.waitForTimeout(50 + Math.random() * 50);
    }
    return Number(figures.sort((a, b) => a - b)[keys >> 1]);
  } finally {
    await rm(load);
    await workbench.page.keyboard.press('Control+U');
  }
}

/** @param {Workbench} workbench */
async function interruption(workbench) {
  await workbench.typeInTerminal('yes abcdefghijklmnopqrstuvwxyz\n');
  await workbench.waitForTerminal(/(abcdefghijklmnopqrstuvwxyz\n){10}/, patience);
  return pressAndSee(workbench, 'Control+C', { line: '/ # ', at: 'cursor' }, limitMs);
}
