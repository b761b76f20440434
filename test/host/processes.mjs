// Starting and ending processes for the test set-up: arguments are always lists, never a shell's
// string, and only process groups that were started here are ever ended.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './project.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] let the output through instead of keeping it for an error message
 */

/**
 * Runs a program to its end.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 when the program could not be started
 */
export async function run(file, args, { cwd, env = process.env, show = false } = {}) {
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => (output += text));
  }
  try {
    const [code, signal] = await once(child, 'close');
    if (signal) output += `\nended by ${signal}`;
    return { code: code ?? 1, output };
  } catch (error) {
    return {
      code: 127,
      output: `${file}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/**
 * Runs a program that has to succeed.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions & { remedy: string }} options
 * @returns {Promise<string>} its output
 */
export async function mustRun(file, args, options) {
  const { code, output } = await run(file, args, options);
  if (code !== 0) {
    const tail = output.trimEnd().split('\n').slice(-60).join('\n');
    throw new SetupError(
      `${[file, ...args].join(' ')} failed with exit code ${code}.\n${tail}`,
      options.remedy,
    );
  }
  return output;
}

/**
 * Finds a program as a shell would, and also in the administrator's folders, which an ordinary
 * user's PATH leaves out on Debian.
 * @param {...string} names tried in this order
 * @returns {string | undefined} its absolute path
 */
export function which(...names) {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ];
  for (const name of names) {
    for (const folder of folders.filter(Boolean)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

/**
 * Ends a process that was started with `detached: true`, with the rest of its group, and waits for
 * the end: asks first, and insists after five seconds.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
export async function endGroup(child) {
  const { pid } = child;
  if (pid === undefined) return;
  const ended =
    child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  signalGroup(pid, 'SIGTERM');
  const insist = setTimeout(() => signalGroup(pid, 'SIGKILL'), 5000);
  await ended;
  clearTimeout(insist);
  // The leader is gone; whatever of its group ignored the request goes now.
  signalGroup(pid, 'SIGKILL');
}

/**
 * @param {number} pgid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pgid, signal) {
  try {
    process.kill(-pgid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}
