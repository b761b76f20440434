// Starts the real VS Code as a server on the loopback, as any user, with prepared settings.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ensureHost } from './install.mjs';
import { endGroup } from './processes.mjs';
import { SetupError } from './project.mjs';
import { quietSettings } from './settings.mjs';

/**
 * @typedef {object} ServerUser
 * @property {number} uid
 * @property {number} gid
 * @property {string} home
 * @property {string} name
 * @property {number[]} [groups] the supplementary groups; without it those that the system's group
 *   database gives the name
 */

/**
 * @typedef {object} ServerOptions
 * @property {string} workspace the folder that url() opens, absolute
 * @property {ServerUser} [user] start as this user; needs root unless it is oneself
 * @property {string} [extensionDir] the extension under test, absolute. It is installed in the
 *   server, as for a person who uses it; with `automation` it is loaded as under development
 * @property {boolean} [automation] let the page's payload load and run extension tests, as
 *   code.mjs does. VS Code shows no notification toasts then, so a person's path leaves it out
 * @property {string} [dataDir] the server's data; without it a fresh one, removed by stop()
 * @property {Record<string, unknown>} [settings] user settings on top of the quiet ones
 * @property {boolean} [workspaceTrust] leave Workspace Trust on, for testing Restricted Mode
 * @property {boolean} [noNewPrivileges] no program of the server may gain privileges, as in a snap
 * @property {string} [language] the display language: extensions have it, VS Code stays English, for
 *   no registry but Microsoft's has the words of its language packs
 * @property {string[]} [nodeArgs] of the server's Node, and of the extension host that it forks
 * @property {number} [port] without it the system chooses a free one
 * @property {NodeJS.ProcessEnv} [env] on top of the clean environment of the user
 */

/** @typedef {[key: string, value: string][]} Payload what the page hands to the workbench */

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {string} dataDir
 * @property {number} pid
 * @property {(payload?: Payload) => string} url the workbench with the workspace and the extension
 * @property {(path: string) => string} remoteUri the URI that a path has inside the workbench
 * @property {() => string} logs what the server wrote to its stdout and stderr
 * @property {Promise<void>} exited resolves when the server is gone, for whatever reason
 * @property {() => Promise<void>} stop ends the server's process group and removes what it made
 */

const startTimeout = 60_000;

/**
 * Starts a server and waits until it answers.
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startServer(options) {
  for (const path of [options.workspace, options.extensionDir, options.dataDir]) {
    if (path !== undefined && !isAbsolute(path))
      throw new TypeError(`startServer: ${path} is not an absolute path.`);
  }
  const host = await ensureHost();
  const user = options.user ?? currentUser();
  const dataDir = await prepareDataDir(options, user);
  const token = randomBytes(24).toString('hex');

  // The token keeps other users of this machine out: the port is open to them all, and what it
  // serves runs commands as this user.
  await writeOwned(join(dataDir, 'token'), token, user);
  const argv = [
    ...asUser(user, options.user?.groups),
    ...(options.noNewPrivileges ? ['setpriv', '--no-new-privs'] : []),
    host.node,
    ...(options.nodeArgs ?? []),
    host.serverMain,
    '--accept-server-license-terms',
    '--host=127.0.0.1',
    `--port=${options.port ?? 0}`,
    `--connection-token-file=${join(dataDir, 'token')}`,
    `--server-data-dir=${dataDir}`,
    '--disable-telemetry',
    ...(options.automation ? ['--enable-smoke-test-driver'] : []),
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(options.language ? ['--locale', options.language] : []),
  ];
  const [file, ...args] = argv;
  const child = spawn(/** @type {string} */ (file), args, {
    cwd: '/',
    env: { ...cleanEnvironment(user), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const exited = once(child, 'exit').then(
    () => undefined,
    (error) => void (output += `${error}\n`),
  );
  const stop = async () => {
    await endGroup(child);
    if (!options.dataDir)
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  try {
    const port = await announcedPort(child, exited, () => output);
    return {
      port,
      dataDir,
      pid: /** @type {number} */ (child.pid),
      url: (payload = []) => workbenchUrl(port, token, options, payload),
      remoteUri: (path) => remoteUri(port, path),
      logs: () => output,
      exited,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Waits for the line in which the server names its port: from then on it accepts connections.
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<void>} exited
 * @param {() => string} logs
 * @returns {Promise<number>}
 */
async function announcedPort(child, exited, logs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<number | undefined>} */
  const announced = new Promise((resolve) => {
    child.stdout?.on('data', () => {
      const port = /Extension host agent listening on (\d+)/.exec(logs())?.[1];
      if (port) resolve(Number(port));
    });
    timer = setTimeout(() => resolve(undefined), startTimeout);
  });
  const port = await Promise.race([announced, exited]);
  clearTimeout(timer);
  if (port === undefined) {
    throw new SetupError(
      `The VS Code server did not start within ${startTimeout / 1000} s. It wrote:\n${logs() || '(nothing)'}`,
      'If it names a missing file, remove the terrarium-test cache folder and run this again.',
    );
  }
  return port;
}

/**
 * @param {number} port
 * @param {string} token
 * @param {ServerOptions} options
 * @param {Payload} payload
 */
function workbenchUrl(port, token, options, payload) {
  const extension =
    options.automation && options.extensionDir
      ? [['extensionDevelopmentPath', remoteUri(port, options.extensionDir)]]
      : [];
  const all = [...extension, ...payload];
  const query = new URLSearchParams({ tkn: token, folder: options.workspace });
  if (all.length > 0) query.set('payload', JSON.stringify(all));
  return `http://127.0.0.1:${port}/?${query}`;
}

/**
 * @param {number} port
 * @param {string} path
 */
function remoteUri(port, path) {
  return `vscode-remote://127.0.0.1:${port}${path}`;
}

/**
 * The server reads the user settings from its data directory when a window opens.
 * @param {ServerOptions} options
 * @param {ServerUser} user
 */
async function prepareDataDir(options, user) {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'terrarium-vscode-')));
  const [userDir, machineDir] = [join(dataDir, 'data/User'), join(dataDir, 'data/Machine')];
  for (const dir of [userDir, machineDir]) await mkdir(dir, { recursive: true });
  for (const dir of [dataDir, join(dataDir, 'data'), userDir, machineDir]) {
    await chmod(dir, 0o700);
    await giveTo(dir, user);
  }
  const settings = JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2);
  await writeOwned(join(userDir, 'settings.json'), settings, user);
  // Settings of scope "machine" count only here.
  await writeOwned(join(machineDir, 'settings.json'), JSON.stringify(options.settings ?? {}), user);
  if (options.language) await installEmptyLanguagePack(options.language, dataDir, user);
  if (options.extensionDir && !options.automation)
    await installExtension(options.extensionDir, dataDir, user);
  return dataDir;
}

/**
 * Installs the extension by naming its folder in the server's list, without a copy.
 * @param {string} extensionDir
 * @param {string} dataDir
 * @param {ServerUser} user
 */
async function installExtension(extensionDir, dataDir, user) {
  const { publisher, name, version } = JSON.parse(
    await readFile(join(extensionDir, 'package.json'), 'utf8'),
  );
  const folder = join(dataDir, 'extensions');
  await mkdir(folder, { recursive: true });
  await giveTo(folder, user);
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, scheme: 'file', path: extensionDir },
    metadata: { source: 'vsix', pinned: true },
  };
  await writeOwned(join(folder, 'extensions.json'), JSON.stringify([entry]), user);
}

/**
 * VS Code takes a display language only where it knows a language pack for it.
 * @param {string} language
 * @param {string} dataDir
 * @param {ServerUser} user
 */
async function installEmptyLanguagePack(language, dataDir, user) {
  const words = join(dataDir, 'data/no-words.json');
  await writeOwned(words, JSON.stringify({ version: '1.0.0', contents: {} }), user);
  const pack = {
    hash: 'empty',
    label: language,
    extensions: [{ extensionIdentifier: { id: `terrarium.empty-${language}` }, version: '1.0.0' }],
    translations: { vscode: words },
  };
  await writeOwned(
    join(dataDir, 'data/languagepacks.json'),
    JSON.stringify({ [language]: pack }),
    user,
  );
}

/**
 * @param {string} file
 * @param {string} text
 * @param {ServerUser} user
 */
async function writeOwned(file, text, user) {
  await writeFile(file, text, { mode: 0o600 });
  await giveTo(file, user);
}

/**
 * @param {string} path
 * @param {ServerUser} user
 */
async function giveTo(path, user) {
  if (process.getuid?.() === 0) await chown(path, user.uid, user.gid);
}

/** @returns {ServerUser} */
function currentUser() {
  const { uid, gid, homedir, username } = userInfo();
  return { uid, gid, home: homedir, name: username };
}

/**
 * What to put before a command for it to run as this user, and to end with this process.
 * @param {ServerUser} user
 * @param {number[]} [groups]
 * @returns {string[]}
 */
function asUser(user, groups) {
  // A test run that is killed must not leave its server behind.
  const prefix = ['setpriv', '--pdeathsig=TERM'];
  if (user.uid === process.getuid?.()) return prefix;
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `Starting the server as ${user.name} needs root.`,
      'Run these tests as root, or leave the user out.',
    );
  }
  const membership = groups
    ? groups.length > 0
      ? `--groups=${groups.join(',')}`
      : '--clear-groups'
    : '--init-groups';
  return [...prefix, `--reuid=${user.uid}`, `--regid=${user.gid}`, membership];
}

/**
 * What a login would set, and nothing of the test run's own environment.
 * @param {ServerUser} user
 * @returns {NodeJS.ProcessEnv}
 */
function cleanEnvironment({ uid, home, name }) {
  const admin = uid === 0 ? '/usr/local/sbin:/usr/sbin:/sbin:' : '';
  return {
    HOME: home,
    USER: name,
    LOGNAME: name,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    PATH: `${admin}/usr/local/bin:/usr/bin:/bin`,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
}
