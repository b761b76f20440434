// From a container to the screen, beside VS Code's own terminal that runs the same command in the
// same window: throughput, and how soon Ctrl+C stops a program that prints without end.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkbench, startServer, stageExtension } from '../host/index.mjs';
import { interleaved } from './measure.mjs';

/** @typedef {import('../host/workbench.mjs').Workbench} Workbench */

export const about = 'bytes per second to the screen, and Ctrl+C under load';

/** Bytes of the file that is printed; base64 in lines of 76 characters. */
const bytes = 20 * 1024 * 1024;
const patience = { timeout: 120_000 };

/** @param {{ runs?: number }} options */
export async function bench({ runs = 5 }) {
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const workspace = join(folder, 'workspace');
  const rootfs = await makeBundle(join(workspace, 'box'));
  await mkdir(join(folder, 'run'), { mode: 0o700 });
  const staged = await stageExtension();
  const server = await startServer({
    workspace,
    extensionDir: staged.dir,
    env: { XDG_RUNTIME_DIR: join(folder, 'run') },
  });
  /** @type {Workbench | undefined} */
  let workbench;
  try {
    workbench = await openWorkbench({ server });
    const show = await openBoth(workbench, rootfs);
    const cases = ['container', 'terminal'].flatMap((name) => [
      {
        name: `${name} throughput`,
        unit: 'MB/s',
        run: async () => {
          await show(name);
          return throughput(/** @type {Workbench} */ (workbench));
        },
      },
      {
        name: `${name} Ctrl+C`,
        unit: 'ms',
        run: async () => {
          await show(name);
          return interruption(/** @type {Workbench} */ (workbench));
        },
      },
    ]);
    const samples = await interleaved(cases, runs);
    return {
      samples,
      ratios: /** @type {[string, string][]} */ ([
        ['container throughput', 'terminal throughput'],
        ['container Ctrl+C', 'terminal Ctrl+C'],
      ]),
      skipped: [],
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

/**
 * Opens the container's console and a terminal of VS Code's, both with the same shell.
 * @param {Workbench} workbench
 * @param {string} rootfs
 * @returns {Promise<(name: string) => Promise<void>>} shows one of them
 */
async function openBoth(workbench, rootfs) {
  await workbench.command('Terrarium: Start Container');
  await workbench.waitForTerminal(/\/ #\s*$/, patience);
  await workbench.command('Terminal: Create New Terminal');
  await workbench.waitForTerminal(/workspace[#$]\s*$/, patience);
  // The same program reads the same file, without namespaces around it.
  await workbench.typeInTerminal(`cd ${rootfs} && PATH= PS1='/ # ' exec bin/busybox sh\n`);
  await workbench.waitForTerminal(/^\/ #\s*$/m, patience);
  await workbench.typeInTerminal('alias cat="bin/busybox cat" yes="bin/busybox yes"\n');
  let shown = 'terminal';
  return async (name) => {
    if (name === shown) return;
    await workbench.command('Terminal: Focus Next Terminal Group');
    shown = name;
    await workbench.waitForTerminal(/\/ #\s*$/, patience);
  };
}

let mark = 0;

/** @param {Workbench} workbench */
async function throughput(workbench) {
  const end = `end-${++mark}`;
  // The mark is not in what was typed.
  await workbench.typeInTerminal(`cat text; echo; echo end''-${mark}`);
  const begun = performance.now();
  await workbench.typeInTerminal('\n');
  await workbench.waitForTerminal(new RegExp(`^${end}$`, 'm'), patience);
  return bytes / 1e6 / ((performance.now() - begun) / 1000);
}

/** @param {Workbench} workbench */
async function interruption(workbench) {
  await workbench.typeInTerminal('yes abcdefghijklmnopqrstuvwxyz 0123456789\n');
  await workbench.waitForTerminal(/(abcdefghijklmnopqrstuvwxyz 0123456789\n){500}/, patience);
  const begun = performance.now();
  await workbench.page.keyboard.press('Control+C');
  await workbench.waitForTerminal(/\^C\s*\/ #\s*$/, patience);
  return performance.now() - begun;
}

/** @param {string} extension */
async function endHelpers(extension) {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(join(extension, 'dist/helper.js'))) process.kill(Number(pid), 'SIGTERM');
  }
}
