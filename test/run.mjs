// npm test [-- level…]: sets itself up on a fresh clone, builds, runs the levels one after the
// other and adds up what they report. The last line on stdout is the sum; the exit code is 0 only
// when something ran and nothing failed.

import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { apart } from './host/apart.mjs';
import { ensurePackages } from './host/debian.mjs';
import { buildProject, ensureDependencies } from './host/dependencies.mjs';
import { run } from './host/processes.mjs';
import { SetupError, projectRoot, requireNode20 } from './host/project.mjs';
import { ensureHost } from './host/install.mjs';
import { endRunning, runBeside, runForResults } from './host/results.mjs';
import { stagingEnvironment } from './host/stage.mjs';

/**
 * @typedef {import('./host/results.mjs').Results} Results
 *
 * @typedef {object} Level
 * @property {string} about
 * @property {import('./host/debian.mjs').Purpose[]} packages
 * @property {number} minutes after which the level counts as hanging: more than twice what it usually takes
 * @property {() => Promise<Results>} run
 */

const root = projectRoot();

/** @type {Record<string, Level>} */
const levels = {
  static: { about: 'typecheck and lint', packages: ['scripts'], minutes: 10, run: runStatic },
  unit: { about: 'plain Node', packages: ['cross'], minutes: 10, run: () => runMocha('unit', 30) },
  system: {
    about: 'real namespaces, real kernel',
    packages: ['containers', 'compiler', 'engines', 'images', 'emulators'],
    minutes: 60,
    run: runSystem,
  },
  editor: {
    about: 'inside VS Code',
    packages: ['containers', 'browser'],
    minutes: 15,
    run: runEditor,
  },
  ui: {
    about: "a person's path through the workbench",
    packages: ['containers', 'browser', 'compiler'],
    minutes: 50,
    run: runUi,
  },
};

/** typecheck and lint, of shell scripts too, beside one another: each is one case. */
async function runStatic() {
  /** @type {Results} */
  const results = { passed: 0, failed: [], skipped: [] };
  const check = async (/** @type {string} */ script) => {
    const { code, output } = await run('npm', ['run', '--silent', script], { cwd: root });
    if (code === 0) results.passed++;
    else results.failed.push({ title: `npm run ${script}`, message: output.trim() });
  };
  await Promise.all(['typecheck', 'lint', 'shellcheck', 'analyze'].map(check));
  return results;
}

/**
 * @param {string} level
 * @param {number} seconds of one test
 */
async function runMocha(level, seconds) {
  const files = await testFiles(level);
  return runForResults([...mocha(seconds), ...files.map(bundleOf(level))], minutesOf(level));
}

/**
 * Arguments of Node for files of tests.
 * @param {number} seconds of one test
 */
function mocha(seconds) {
  const limits = ['--timeout', String(seconds * 1000)];
  const program = join(root, 'node_modules/mocha/bin/mocha.js');
  return [program, '--exit', '--reporter', 'test/reporter.cjs', ...limits];
}

/**
 * @param {string} level
 * @returns {(file: string) => string}
 */
function bundleOf(level) {
  return (file) => join('dist/test', level, file.replace(/\.ts$/, '.js'));
}

/**
 * Two files at a time, each in a process of its own: most of what a test does is waiting. The largest first,
 * which take longest, so that none of them is left alone at the end.
 * @param {string} level
 * @param {number} seconds of one test
 * @param {{ env?: NodeJS.ProcessEnv, before?: string[], alone?: string[] }} [options] before: a program that runs each,
 *   with its arguments; alone: files that run after all others
 */
async function runFiles(level, seconds, options = {}) {
  const files = await testFiles(level);
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(root, 'test', level, file))).size),
  );
  const order = files
    .map((name, at) => ({
      name,
      size: sizes[at] ?? 0,
      args: [...mocha(seconds), bundleOf(level)(name)],
    }))
    .sort((a, b) => b.size - a.size);
  return runBeside(order, { atOnce: 2, minutes: minutesOf(level), ...options });
}

async function runSystem() {
  // Its cgroups have one name for all: others would see them.
  const alone = ['limits.test.ts'];
  return runFiles('system', 120, { before: await apart(), alone });
}

async function runUi() {
  await ensureHost(); // once for both
  return runFiles('ui', 180, { env: await stagingEnvironment() });
}

async function runEditor() {
  await testFiles('editor');
  if (!process.env.TERRARIUM_TEST_VSCODE) await ensureHost();
  return runForResults(['test/editor/launch.mjs'], minutesOf('editor'));
}

/** @param {string} level */
function minutesOf(level) {
  return /** @type {Level} */ (levels[level]).minutes;
}

/**
 * @param {string} level
 * @returns {Promise<string[]>} relative to the level's folder; never none
 */
async function testFiles(level) {
  const folder = join(root, 'test', level);
  const all = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
  const files = all.filter((file) => file.endsWith('.test.ts')).sort();
  if (files.length === 0) {
    throw new SetupError(
      `test/${level} holds no *.test.ts.`,
      'A level without tests counts as failed.',
    );
  }
  return files;
}

/**
 * What takes long and can be had at once: the packages of all levels, and VS Code, whose installation
 * mostly waits for the network while the first levels run. What fails here fails again, and is told, in
 * the level that needs it.
 * @param {string[]} names of levels
 */
async function prepare(names) {
  const isHost = (/** @type {string} */ name) =>
    name === 'ui' || (name === 'editor' && !process.env.TERRARIUM_TEST_VSCODE);
  const needsHost = names.some(isHost);
  const packages = new Set(names.flatMap((name) => levels[name]?.packages ?? []));
  if (needsHost) packages.add('build-host');
  try {
    await ensurePackages(...packages);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
  }
  if (needsHost) ensureHost().catch(() => undefined);
}

/**
 * One level, with everything that can go wrong turned into a failure that is counted.
 * @param {string} name
 * @returns {Promise<Results>}
 */
async function runLevel(name) {
  const level = /** @type {Level} */ (levels[name]);
  console.log(`\n── ${name}: ${level.about}`);
  const start = performance.now();
  /** @type {Results} */
  let results;
  try {
    await ensurePackages(...level.packages);
    results = await level.run();
  } catch (error) {
    results = failure(name, error);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`── ${name}: ${closingLine(results)} (${seconds} s)`);
  return results;
}

/**
 * @param {string} title
 * @param {unknown} error
 * @returns {Results}
 */
function failure(title, error) {
  const message =
    error instanceof SetupError
      ? error.message
      : String(error instanceof Error ? error.stack : error);
  return { passed: 0, failed: [{ title, message }], skipped: [] };
}

/** @param {Results} results */
function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}

/** @returns {Promise<Results>} */
async function main() {
  requireNode20();
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in levels));
  if (unknown.length > 0) {
    throw new SetupError(
      `There is no test level ${unknown.join(', ')}.`,
      `The levels are: ${Object.keys(levels).join(' ')}.`,
    );
  }
  await ensureDependencies();
  await buildProject({ tests: true });
  const wanted = names.length > 0 ? names : Object.keys(levels);
  await prepare(wanted);
  /** @type {Results} */
  const sum = { passed: 0, failed: [], skipped: [] };
  for (const name of wanted) {
    const { passed, failed, skipped } = await runLevel(name);
    sum.passed += passed;
    sum.failed.push(...failed.map((test) => ({ ...test, title: `${name}: ${test.title}` })));
    sum.skipped.push(...skipped.map((test) => ({ ...test, title: `${name}: ${test.title}` })));
  }
  return sum;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    void endRunning().finally(() => process.exit(1));
  });
}

const sum = await main().catch((error) => failure('set-up', error));
if (sum.failed.length > 0) console.log('\nFailed:');
for (const { title, message } of sum.failed)
  console.log(`  ${title}\n${message.replace(/^/gm, '    ')}`);
if (sum.skipped.length > 0) console.log('\nSkipped:');
for (const { title, reason } of sum.skipped) console.log(`  ${title}: ${reason}`);
console.log(`\n${closingLine(sum)}`);
process.exitCode = sum.failed.length === 0 && sum.passed > 0 ? 0 : 1;
