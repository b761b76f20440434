#!/usr/bin/env node
// Takes the arguments of the desktop's `code` and runs extension tests in the server host instead,
// so that @vscode/test-electron's runTests({ vscodeExecutablePath }) works in both worlds. The exit
// code is the result of the tests; their console is printed.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError, openWorkbench, startServer } from './index.mjs';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'disable-workspace-trust': { type: 'boolean' },
    'user-data-dir': { type: 'string' },
  },
});

/** @param {string} name */
function pathOption(name) {
  const value = values[name];
  if (typeof value !== 'string')
    throw new SetupError(`--${name}=… is missing.`, 'Give it as with the desktop VS Code.');
  return resolve(value);
}

/** @returns {Promise<Record<string, unknown>>} what the caller put into the desktop's profile */
async function callersSettings() {
  const dir = values['user-data-dir'];
  if (typeof dir !== 'string') return {};
  const text = await readFile(join(dir, 'User/settings.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text);
}

// What the workbench says of itself on the same channel as the tests.
const workbenchChatter =
  /^(Resolv(ing|ed) connection token|Creating a socket|Ignoring fetching additional builtin|Updating additional builtin|No search provider|Canceled|\[(reconnection-grace-time|AgentHost|AccountPolicyGate|Service Worker)\b)/;

/**
 * @param {string} type
 * @param {unknown[]} args
 */
function printConsole(type, args) {
  if (!process.env.TERRARIUM_TEST_VERBOSE && workbenchChatter.test(String(args[0]))) return;
  if (type === 'error') console.error(...args);
  else console.log(...args);
}

/** @returns {Promise<number>} */
async function main() {
  const extensionDir = pathOption('extensionDevelopmentPath');
  const testsPath = pathOption('extensionTestsPath');
  const emptyFolder = positionals[0]
    ? undefined
    : await mkdtemp(join(tmpdir(), 'terrarium-workspace-'));
  const workspace = emptyFolder ?? resolve(/** @type {string} */ (positionals[0]));
  let stopping = false;
  /** @type {import('./server.mjs').Server | undefined} */
  let server;
  /** @type {import('./workbench.mjs').Workbench | undefined} */
  let workbench;
  try {
    server = await startServer({
      workspace,
      extensionDir,
      automation: true,
      workspaceTrust: values['disable-workspace-trust'] !== true,
      settings: await callersSettings(),
      env: process.env,
    });
    const { remoteUri, exited } = server;
    /** @type {(code: number) => void} */
    let finish = () => {};
    /** @type {Promise<number>} */
    const finished = new Promise((done) => (finish = done));
    workbench = await openWorkbench({
      server,
      payload: [['extensionTestsPath', remoteUri(testsPath)]],
      waitForRestored: false,
      onLog: printConsole,
      onExit: (code) => finish(code),
    });
    workbench.page.once('crash', () => {
      console.error('The page of the workbench crashed.');
      finish(1);
    });
    void exited.then(() => {
      if (stopping) return;
      console.error(`The VS Code server ended before the tests did. It wrote:\n${server?.logs()}`);
      finish(1);
    });
    return await finished;
  } finally {
    stopping = true;
    await workbench?.close();
    await server?.stop();
    if (emptyFolder) await rm(emptyFolder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
