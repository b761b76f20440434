// The project's own node_modules and its build, for npm test and npm start on a fresh clone.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from './debian.mjs';
import { mustRun } from './processes.mjs';
import { projectRoot } from './project.mjs';

/**
 * Runs `npm ci` where node_modules is missing or not what the lock file says.
 * @returns {Promise<void>}
 */
export async function ensureDependencies() {
  if (await isInstalled()) return;
  console.log('Installing the npm packages …');
  await mustRun('npm', ['ci'], {
    cwd: projectRoot(),
    remedy:
      'Check that npm reaches its registry, and that package.json and package-lock.json belong together.',
  });
}

/**
 * Builds the extension and the helper.
 * @param {{ tests?: boolean, production?: boolean }} [options] tests: and every test file;
 *   production: as it is published
 * @returns {Promise<void>}
 */
export async function buildProject({ tests = false, production = false } = {}) {
  await ensurePackages('compiler');
  const flags = [...(tests ? ['--tests'] : []), ...(production ? ['--production'] : [])];
  await mustRun(process.execPath, ['esbuild.mjs', ...flags], {
    cwd: projectRoot(),
    remedy: 'Correct the error above; `npm run typecheck` says more.',
  });
}

/** Compares contents: a fresh checkout gives the lock file a new time without a new version. */
async function isInstalled() {
  const wanted = await packagesIn(join(projectRoot(), 'package-lock.json'));
  const installed = await packagesIn(join(projectRoot(), 'node_modules/.package-lock.json'));
  return Object.entries(wanted).every(
    ([path, { version, optional, peer }]) =>
      path === '' ||
      installed[path]?.version === version ||
      (!installed[path] && (optional || peer)),
  );
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version?: string, optional?: boolean, peer?: boolean }>>}
 */
async function packagesIn(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}
