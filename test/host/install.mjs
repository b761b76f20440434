// Installs the VS Code server of this folder's lock file into a cache outside the clone, once per
// machine: the build takes minutes and is the same for every clone.

import { createHash } from 'node:crypto';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensurePackages } from './debian.mjs';
import { mustRun } from './processes.mjs';
import { SetupError, projectRoot } from './project.mjs';

/**
 * @typedef {object} Host
 * @property {string} node the Node that the server wants
 * @property {string} serverMain the server's entry point
 */

const manifestFiles = ['package.json', 'package-lock.json', '.npmrc'];
const rootCache = '/var/cache/terrarium-test';

/** @type {Promise<Host> | undefined} */
let ensured;

/**
 * The installed server, installed first where it is missing; once, whoever asks meanwhile.
 * @returns {Promise<Host>}
 */
export function ensureHost() {
  return (ensured ??= findOrInstall());
}

/** @returns {Promise<Host>} */
async function findOrInstall() {
  const key = await cacheKey();
  for (const base of [rootCache, userCache()]) {
    const host = await completeHost(join(base, key));
    if (host) return host;
  }
  const base = process.getuid?.() === 0 ? rootCache : userCache();
  await build(base, key);
  const host = await completeHost(join(base, key));
  if (!host) {
    throw new SetupError(
      `The test host in ${join(base, key)} is not complete.`,
      `Remove that folder and run this again.`,
    );
  }
  return host;
}

/** @returns {string} */
function userCache() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'terrarium-test');
}

/** Everything that the installed tree depends on: the versions (lock file) and the machine's kind. */
async function cacheKey() {
  const lock = await readFile(join(projectRoot(), 'test/host/package-lock.json'));
  return `${process.platform}-${process.arch}-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`;
}

/**
 * @param {string} folder
 * @returns {Host}
 */
function hostIn(folder) {
  return {
    node: join(folder, 'node_modules', `node-linux-${process.arch}`, 'bin/node'),
    serverMain: join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}

/**
 * A folder is complete once it has its final name. It is used only where nobody but root and
 * ourselves could have put something into it.
 * @param {string} folder
 * @returns {Promise<Host | undefined>}
 */
async function completeHost(folder) {
  try {
    const { uid, mode } = await lstat(folder);
    if ((uid !== 0 && uid !== process.getuid?.()) || mode & 0o022) return undefined;
    const host = hostIn(folder);
    await Promise.all([stat(host.node), stat(host.serverMain)]);
    return host;
  } catch {
    return undefined;
  }
}

/**
 * Builds beside the final place and renames at the end, so a run that was killed leaves nothing
 * that looks finished, and two runs at once do not see each other's half.
 * @param {string} base
 * @param {string} key
 */
async function build(base, key) {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new SetupError(
      `The test host has no build for ${process.platform}-${process.arch}.`,
      'Run the editor and ui levels on Linux on x64 or arm64, or set TERRARIUM_TEST_VSCODE to a desktop VS Code for the editor level.',
    );
  }
  await ensurePackages('build-host');
  console.log('Installing the VS Code server for the tests (once per machine, a few minutes) …');
  await mkdir(base, { recursive: true, mode: 0o755 });
  await removeAbandoned(base);
  const folder = await mkdtemp(join(base, `.building-${process.pid}-`));
  try {
    await chmod(folder, 0o755);
    for (const file of manifestFiles)
      await cp(join(projectRoot(), 'test/host', file), join(folder, file));
    await install(folder);
    await mustRun('chmod', ['-R', 'a+rX,go-w', folder], {
      remedy: 'Check the free space and the permissions of the folder.',
    });
    await rename(folder, join(base, key)).catch(async (error) => {
      // Another run was faster; its tree is as good as ours.
      if (!(await completeHost(join(base, key)))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function install(folder) {
  const nodeFolder = join(folder, 'node_modules', `node-linux-${process.arch}`);
  const remedy = `Check that npm reaches its registry and that the disk has 2 GB left, then run this again.`;
  // npm_ variables of the `npm test` around us belong to another project.
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(config_user_agent|package_|lifecycle_|execpath|node_execpath)/i.test(name),
    ),
  );
  const env = { ...clean, npm_config_audit: 'false', npm_config_fund: 'false' };
  await mustRun('npm', ['ci', '--ignore-scripts', '--no-engine-strict'], {
    cwd: folder,
    env,
    remedy,
  });

  // The scripts that --ignore-scripts left out, with the Node that will load what they compile. A
  // `nodedir` in the user's npmrc would compile against the headers of another Node.
  const script = join(folder, 'node_modules/code-server/postinstall.sh');
  const output = await mustRun('sh', [script], {
    cwd: join(folder, 'node_modules/code-server'),
    env: {
      ...env,
      PATH: [join(nodeFolder, 'bin'), process.env.PATH].join(delimiter),
      npm_config_user_agent: 'npm/11 node/v24.0.0 linux x64',
      npm_config_nodedir: nodeFolder,
    },
    remedy,
  });
  await writeFile(join(folder, 'install.log'), output);
}

/**
 * Removes what killed runs left: the process that a building folder names is gone.
 * @param {string} base
 */
async function removeAbandoned(base) {
  for (const name of await readdir(base)) {
    const pid = /^\.building-(\d+)-/.exec(name)?.[1];
    if (pid && !(await stat(`/proc/${pid}`).catch(() => undefined))) {
      await rm(join(base, name), { recursive: true, force: true });
    }
  }
}
