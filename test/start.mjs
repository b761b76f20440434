// npm start [-- folder]: opens VS Code with the extension on a fresh clone: the desktop's where
// there is one, otherwise the same VS Code as a server, with a URL for any browser.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages } from './host/debian.mjs';
import { buildProject, ensureDependencies } from './host/dependencies.mjs';
import { which } from './host/processes.mjs';
import { SetupError, projectRoot, requireNode20 } from './host/project.mjs';
import { startServer } from './host/server.mjs';
import { makeSample, sampleFolder } from './sample.mjs';

const usage = `Usage: npm start [-- [folder] [--server] [--port=N]]
  folder     what to open; a sample workspace unless given
  --server   open in a browser even where a desktop VS Code is installed
  --port=N   of the server on 127.0.0.1; a free one unless given`;

/**
 * @param {string} path as the person typed it
 * @returns {Promise<string>}
 */
async function givenFolder(path) {
  // npm runs its scripts in the project's folder and keeps the person's in INIT_CWD.
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new SetupError(`${folder} is not a folder.`, usage);
  }
  return folder;
}

/** What the extension wants of the machine; it starts without, and says then what it lacks. */
async function offerPackages() {
  try {
    await ensurePackages('containers');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(`${error.message}\n`);
  }
}

/** @returns {string | undefined} a desktop VS Code that can be opened from here */
function desktopCode() {
  const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
  // The desktop's VS Code refuses to run as root.
  return hasDisplay && process.getuid?.() !== 0 ? which('code', 'codium') : undefined;
}

/**
 * @param {string} code
 * @param {string} folder
 */
async function openDesktop(code, folder) {
  console.log(`Opening ${folder} in ${code} …`);
  const args = ['--new-window', `--extensionDevelopmentPath=${projectRoot()}`, folder];
  const [exitCode] = await once(spawn(code, args, { stdio: 'inherit' }), 'exit');
  process.exitCode = exitCode ?? 1;
}

/** @returns {NodeJS.ProcessEnv} the person's environment without what npm put into it */
function personsEnvironment() {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE$)/i.test(name),
  );
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules|node-gyp-bin/.test(folder));
  return { ...Object.fromEntries(entries), PATH: path.join(delimiter) };
}

/**
 * @param {string} folder
 * @param {{ port?: number, trusted: boolean }} options
 */
async function serve(folder, { port, trusted }) {
  const interrupted = new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.once(signal, resolve);
  });
  const server = await startServer({
    workspace: folder,
    extensionDir: projectRoot(),
    workspaceTrust: !trusted,
    port,
    env: personsEnvironment(),
    settings: existsSync(join(folder, 'README.md')) ? { 'workbench.startupEditor': 'readme' } : {},
  });
  console.log(`\n  Terrarium is ready. Open this address in a browser on this machine:\n`);
  console.log(`    ${server.url()}\n`);
  console.log(`  Folder: ${folder}\n  Ctrl+C stops it.\n`);
  await Promise.race([interrupted, server.exited]);
  const wasAlive = await Promise.race([server.exited.then(() => false), Promise.resolve(true)]);
  await server.stop();
  if (!wasAlive)
    throw new SetupError(
      `The VS Code server ended by itself. It wrote:\n${server.logs()}`,
      'Start it again.',
    );
  console.log('Stopped.');
}

async function main() {
  requireNode20();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { server: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(usage);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new SetupError(`--port=${values.port} is not a port.`, usage);
  }
  const given = positionals[0];
  const folder = given ? await givenFolder(given) : await makeSample(sampleFolder());
  await offerPackages();
  await ensureDependencies();
  await buildProject();
  const code = values.server ? undefined : desktopCode();
  if (code) return openDesktop(code, folder);
  return serve(folder, { port, trusted: !given });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
