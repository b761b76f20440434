// Runs one level of the tests as a process of its own and fetches the counts that test/reporter.cjs
// left. Whatever keeps a level from finishing is a failure that is counted.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;

/** Ends the level that is running, with everything in its process group. */
export async function endRunning() {
  if (running) await endGroup(running);
}

/**
 * @param {string[]} args of Node
 * @param {number} minutes
 * @returns {Promise<Results>}
 */
export async function runForResults(args, minutes) {
  const scratch = await mkdtemp(join(tmpdir(), 'terrarium-results-'));
  const file = join(scratch, 'results.json');
  try {
    const end = await runToEnd(args, minutes, file);
    const { done, ...results } = await readResults(file);
    if (!done) {
      const message = `${end.how} before its tests were done.`;
      results.failed.push({ title: 'the run', message });
    }
    if (end.code !== 0 && results.failed.length === 0) {
      results.failed.push({ title: 'the run', message: `${end.how}, although no test failed.` });
    }
    if (results.passed + results.failed.length + results.skipped.length === 0) {
      results.failed.push({ title: 'the run', message: 'It ran no test.' });
    }
    return results;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {number} minutes
 * @param {string} resultsFile
 * @returns {Promise<{ code: number | null, how: string }>}
 */
async function runToEnd(args, minutes, resultsFile) {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot(),
    env: {
      ...process.env,
      TERRARIUM_TEST_RESULTS: resultsFile,
      // The run inside VS Code cannot see for itself where its output ends up.
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own: a level that hangs is ended with everything that it started.
    detached: true,
  });
  running = child;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void endGroup(child);
  }, minutes * 60_000);
  try {
    const [code, signal] = await once(child, 'exit');
    if (timedOut) return { code: 1, how: `It was ended after ${minutes} minutes` };
    return { code, how: signal ? `It was ended by ${signal}` : `It ended with exit code ${code}` };
  } finally {
    clearTimeout(timer);
    running = undefined;
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
