// From the click to the prompt: a container's shell beside VS Code's own plain terminal, in the real
// workbench; and what activation evaluates.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensurePackages,
  openWorkbench,
  projectRoot,
  stageExtension,
  startServer,
} from '../host/index.mjs';
import { endHelpers } from './helpers.mjs';
import { interleaved } from './measure.mjs';

export const about = 'click to prompt, beside VS Code’s own terminal; and evaluating the extension';
export const level = 'ui';

const name = 'mycontainer1';

/** @param {import('../host/workbench.mjs').Workbench} workbench */
async function makeContainer(workbench) {
  await workbench.openViewContainer('Terrarium');
  await workbench.command('Terrarium: New Container…');
  await workbench.quickInput(name);
  await workbench.pick('A root of its own');
  await workbench.waitForTree('Containers', ([row]) => row?.label === name);
  await workbench.command('Notifications: Clear All Notifications');
}

/**
 * @param {import('../host/workbench.mjs').Workbench} workbench
 * @param {() => Promise<void>} click
 * @param {RegExp} prompt
 */
async function timed(workbench, click, prompt) {
  const start = performance.now();
  await click();
  await workbench.waitForTerminal(prompt);
  return performance.now() - start;
}

/** @param {import('../host/workbench.mjs').Workbench} workbench */
async function closeTerminals(workbench) {
  await workbench.command('Terminal: Kill All Terminals');
  await workbench.page.locator('.terminal-wrapper').first().waitFor({ state: 'detached' });
}

/** The bundle in a fresh Node with a `vscode` that answers everything: what requiring it costs. */
function evaluate() {
  const script = `
    const { Module } = require('node:module');
    const any = new Proxy(class {}, { get: (target, key) => key === 'prototype' ? target.prototype : key === Symbol.toPrimitive ? () => '' : any, apply: () => any, getPrototypeOf: () => any });
    const load = Module._load;
    Module._load = (request, ...rest) => (request === 'vscode' ? any : load(request, ...rest));
    const start = performance.now();
    require(process.argv[1]);
    console.log(performance.now() - start);`;
  const file = join(projectRoot(), 'dist/extension.js');
  return Number(execFileSync(process.execPath, ['-e', script, file], { encoding: 'utf8' }));
}

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 9, smallest }) {
  await ensurePackages('containers', 'browser');
  const scratch = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const extension = await stageExtension();
  const server = await startServer({
    workspace: scratch,
    extensionDir: extension.dir,
    env: { XDG_RUNTIME_DIR: scratch },
    settings: {
      'terrarium.privilege': 'rootless',
      // A shell as plain as the container's: what a person's .bashrc takes is nobody's figure here.
      'terminal.integrated.profiles.linux': { plain: { path: '/bin/sh' } },
      'terminal.integrated.defaultProfile.linux': 'plain',
      'terminal.integrated.shellIntegration.enabled': false,
    },
  });
  const workbench = await openWorkbench({ server });
  try {
    await makeContainer(workbench);
    const samples = await interleaved(
      [
        {
          name: 'start container',
          unit: 'ms',
          run: async () => {
            const row = workbench.treeRow('Containers', name);
            await row.hover();
            const button = row.locator('.actions .action-label[aria-label^="Start Container"]');
            await button.waitFor();
            const ms = await timed(workbench, () => button.click(), /^\/ # /m);
            await workbench.command('Terrarium: Stop Container');
            await workbench.waitForTree('Containers', ([one]) =>
              Boolean(one?.description.startsWith('stopped')),
            );
            await closeTerminals(workbench);
            return ms;
          },
        },
        {
          name: 'plain terminal',
          unit: 'ms',
          run: async () => {
            const open = () => workbench.page.keyboard.press('Control+Shift+Backquote');
            const ms = await timed(workbench, open, /[#$] *$/m);
            await closeTerminals(workbench);
            return ms;
          },
        },
        { name: 'evaluate the bundle', unit: 'ms', run: async () => evaluate() },
      ],
      runs,
      smallest ? 0 : 1,
    );
    return { samples, ratios: [['start container', 'plain terminal']], skipped: [] };
  } finally {
    await workbench.close();
    await server.stop();
    await endHelpers(extension.dir);
    await extension.remove();
    await rm(scratch, { recursive: true, force: true });
  }
}
