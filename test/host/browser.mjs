// Opens a workbench page in the machine's Chromium.

import { join } from 'node:path';
import { ensurePackages, findBrowser } from './debian.mjs';
import { SetupError, projectRoot } from './project.mjs';
import { Workbench } from './workbench.mjs';

/**
 * @typedef {object} OpenOptions
 * @property {import('./server.mjs').Server} server
 * @property {import('./server.mjs').Payload} [payload]
 * @property {{ width: number, height: number }} [viewport]
 * @property {number} [deviceScaleFactor] 2 gives the sharp screenshots of the documentation
 * @property {string} [screenshotDir] where screenshot() writes; `dist/screenshots` unless given
 * @property {boolean} [waitForRestored] false returns while the workbench still loads
 * @property {(type: string, args: unknown[]) => void} [onLog] the console of a test run inside
 * @property {(code: number) => void} [onExit] the end of a test run inside
 */

const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but the server under test: a page that tries the network fails at once and is seen.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/**
 * Opens the workbench of a server and waits until it has restored itself.
 * @param {OpenOptions} options
 * @returns {Promise<Workbench>} close() ends the browser; the server goes on
 */
export async function openWorkbench(options) {
  await ensurePackages('browser');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: findBrowser(), args: chromiumArgs });
  try {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      deviceScaleFactor: options.deviceScaleFactor ?? 1,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    if (options.onLog) await page.exposeFunction('codeAutomationLog', options.onLog);
    if (options.onExit) await page.exposeFunction('codeAutomationExit', options.onExit);
    const workbench = new Workbench(
      page,
      options.screenshotDir ?? join(projectRoot(), 'dist/screenshots'),
    );
    // The first load of the workbench is large, and a busy machine takes its time.
    await page.goto(options.server.url(options.payload), { timeout: 60_000 });
    if (options.waitForRestored !== false) await restored(page, workbench, options.server);
    return workbench;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {Workbench} workbench
 * @param {import('./server.mjs').Server} server
 */
async function restored(page, workbench, server) {
  try {
    // What is restored last: the status bar's item of the remote server.
    await page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: 60_000 });
    await page
      .locator('.monaco-workbench .composite.viewlet, .monaco-workbench.nosidebar')
      .first()
      .waitFor({ state: 'attached' });
  } catch (error) {
    const picture = await workbench.screenshot('workbench-did-not-load');
    throw new SetupError(
      `The workbench did not load; ${picture} shows the page. The server wrote:\n${server.logs()}`,
      `The page's console:\n${workbench.consoleLines().slice(-20).join('\n')}`,
      { cause: error },
    );
  }
}
