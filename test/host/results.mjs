// Runs the tests of a level as processes of their own and fetches the counts that test/reporter.cjs
// left. Whatever keeps one from finishing is a failure that is counted.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGroup } from './processes.mjs';
import { projectRoot } from './project.mjs';

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {{ title: string, message: string }[]} failed
 * @property {{ title: string, reason: string }[]} skipped
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends what is running, with everything in its process groups. */
export async function endRunning() {
  await Promise.all([...running].map(endGroup));
}

/**
 * @typedef {object} RunOptions
 * @property {string} [name] what the run is called where it fails as a whole
 * @property {NodeJS.ProcessEnv} [env] on top of this process's own
 * @property {string[]} [before] a program that runs Node, with its arguments
 * @property {boolean} [atItsEnd] shows the output when there is all of it: others run beside
 */

/**
 * @param {string[]} args of Node
 * @param {number} minutes
 * @param {RunOptions} [options]
 * @returns {Promise<Results>}
 */
export async function runForResults(args, minutes, options = {}) {
  const scratch = await mkdtemp(join(tmpdir(), 'terrarium-results-'));
  const file = join(scratch, 'results.json');
  const title = options.name ?? 'the run';
  try {
    const end = await runToEnd(args, minutes, file, options);
    const { done, ...results } = await readResults(file);
    if (!done) {
      const message = `${end.how} before its tests were done.`;
      results.failed.push({ title, message });
    }
    if (end.code !== 0 && results.failed.length === 0) {
      results.failed.push({ title, message: `${end.how}, although no test failed.` });
    }
    if (results.passed + results.failed.length + results.skipped.length === 0) {
      results.failed.push({ title, message: 'It ran no test.' });
    }
    return results;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs files of tests as a process each, some at a time; who is free takes the next one. A file that fails
 * runs once more when it has the machine to itself, and that run counts: the output has both. Those of
 * `alone` run in that way only, once.
 * @param {{ name: string, args: string[] }[]} files in this order
 * @param {{ atOnce: number, minutes: number, alone?: string[] } & Pick<RunOptions, 'env' | 'before'>} options minutes: for
 *   all of them
 * @returns {Promise<Results>}
 */
export async function runBeside(files, { atOnce, minutes, alone = [], ...options }) {
  /** @type {Results} */
  const sum = { passed: 0, failed: [], skipped: [] };
  const deadline = Date.now() + minutes * 60_000;
  const queue = files.filter(({ name }) => !alone.includes(name));
  /** @type {typeof files} */
  const again = [];
  const runOne = async (/** @type {{ name: string, args: string[] }} */ { name, args }) => {
    const left = Math.max(0, (deadline - Date.now()) / 60_000);
    return runForResults(args, left, { name, atItsEnd: true, ...options });
  };
  const add = (/** @type {Results} */ results) => {
    sum.passed += results.passed;
    sum.failed.push(...results.failed);
    sum.skipped.push(...results.skipped);
  };
  const takeTurns = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const results = await runOne(file);
      if (results.failed.length > 0 && Date.now() < deadline) again.push(file);
      else add(results);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, takeTurns));
  for (const file of files) if (alone.includes(file.name)) add(await runOne(file));
  for (const file of again) {
    console.log(`\n${file.name} failed beside another file. It runs once more, alone:`);
    add(await runOne(file));
  }
  return sum;
}

/**
 * @param {string[]} args
 * @param {number} minutes
 * @param {string} resultsFile
 * @param {RunOptions} options
 * @returns {Promise<{ code: number | null, how: string }>}
 */
async function runToEnd(args, minutes, resultsFile, { env, before = [], atItsEnd = false }) {
  const outputFile = `${resultsFile}.output`;
  const output = atItsEnd ? await open(outputFile, 'w') : undefined;
  const shown = output?.fd ?? 'inherit';
  const [program, ...words] = /** @type {[string, ...string[]]} */ ([
    ...before,
    process.execPath,
    ...args,
  ]);
  const child = spawn(program, words, {
    cwd: projectRoot(),
    env: {
      ...process.env,
      ...env,
      TERRARIUM_TEST_RESULTS: resultsFile,
      // The run inside VS Code cannot see for itself where its output ends up, nor what is read here.
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
    },
    stdio: ['ignore', shown, shown],
    // A group of its own: what hangs is ended with everything that it started.
    detached: true,
  });
  running.add(child);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void endGroup(child);
  }, minutes * 60_000);
  try {
    const [code, signal] = await once(child, 'exit');
    const reason = `It was ended after ${Math.round(minutes)} minutes`;
    if (timedOut) return { code: 1, how: reason };
    return { code, how: signal ? `It was ended by ${signal}` : `It ended with exit code ${code}` };
  } finally {
    clearTimeout(timer);
    running.delete(child);
    await output?.close();
    if (output) process.stdout.write(await readFile(outputFile));
  }
}

/**
 * @param {string} file
 * @returns {Promise<Results & { done: boolean }>} what there is of it
 */
async function readResults(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // It ended before its first test, or while it wrote.
    return { passed: 0, failed: [], skipped: [], done: false };
  }
}
