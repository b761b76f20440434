// A copy of the extension as a person would have it installed: only what the VSIX carries, in a
// folder that every user may read. A clone often sits where only its owner may look.

import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun } from './processes.mjs';
import { projectRoot } from './project.mjs';

/**
 * @typedef {object} StagedExtension
 * @property {string} dir to hand to startServer as extensionDir
 * @property {() => Promise<void>} remove
 */

/**
 * What the VSIX carries; vsce takes seconds to find out and always says the same. A run of many processes
 * has it from the first one.
 * @type {Promise<string[]> | undefined}
 */
let listing;

/** The variable in which a process that starts others hands the list on, as JSON. */
const listingVariable = 'TERRARIUM_PACKAGED_FILES';

/** @returns {Promise<NodeJS.ProcessEnv>} for processes that stage the same build */
export async function stagingEnvironment() {
  return { [listingVariable]: JSON.stringify(await packagedFiles(projectRoot())) };
}

/**
 * Copies the built extension. Build it first.
 * @returns {Promise<StagedExtension>}
 */
export async function stageExtension() {
  const root = projectRoot();
  const handedOn = process.env[listingVariable];
  listing ??= handedOn ? Promise.resolve(JSON.parse(handedOn)) : packagedFiles(root);
  const files = await listing;
  const dir = await mkdtemp(join(tmpdir(), 'terrarium-extension-'));
  try {
    for (const file of files) {
      const target = join(dir, file);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(join(root, file), target);
    }
    await makeReadable(dir);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/**
 * @param {string} root
 * @returns {Promise<string[]>} relative to the root
 */
async function packagedFiles(root) {
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const output = await mustRun(process.execPath, [vsce, 'ls'], {
    cwd: root,
    remedy: 'Check package.json and .vscodeignore: vsce says above what it misses.',
  });
  return output.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
}

/**
 * Undoes what a strict umask of the clone's owner took from the others.
 * @param {string} path
 */
async function makeReadable(path) {
  const entry = await stat(path);
  const runs = entry.isDirectory() || entry.mode & 0o100;
  await chmod(path, runs ? 0o755 : 0o644);
  if (entry.isDirectory())
    for (const name of await readdir(path)) await makeReadable(join(path, name));
}
