// One command from start to end, for start.bench.mjs: here, or in a process of its own that stays in
// another mount namespace, so that entering that one is not measured.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { which } from '../host/processes.mjs';

/**
 * @typedef {{ argv: string[], cwd: string }} Command
 * @typedef {{ started: string, problem?: string }} Answer `started` is a time of process.hrtime
 */

/** @param {Command} command @returns {Promise<bigint>} when it was asked for; rejects unless it ends with 0 */
export async function ended({ argv, cwd }) {
  const [program = '', ...args] = argv;
  const file = which(program) ?? program;
  const started = process.hrtime.bigint();
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${errors.trim()}`);
  return started;
}

/** What some programs ask for: cgroup v2 alone where there is version 1 as well. */
const cgroup2Alone =
  'umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"';

/** The same in a mount namespace that is made once and goes with it. */
export class Elsewhere {
  constructor() {
    const self = [process.execPath, fileURLToPath(import.meta.url)];
    this.child = spawn('unshare', ['--mount', '--', 'sh', '-c', cgroup2Alone, 'sh', ...self], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    /** @type {Promise<never>} */
    this.gone = new Promise((_, reject) => {
      this.child.once('error', reject);
      this.child.once('exit', (code) =>
        reject(new Error(`the mount namespace for it ended with ${code}`)),
      );
    });
    this.gone.catch(() => undefined); // whoever waits for an answer hears of it
  }

  /** @param {Command} command @returns {Promise<bigint>} as `ended` */
  async ended(command) {
    /** @type {Promise<Answer>} */
    const answered = new Promise((resolve) =>
      this.child.once('message', (answer) => resolve(/** @type {Answer} */ (answer))),
    );
    this.child.send(command);
    const { started, problem } = await Promise.race([answered, this.gone]);
    if (problem !== undefined) throw new Error(problem);
    return BigInt(started);
  }

  stop() {
    if (this.child.connected) this.child.disconnect();
  }
}

// Started by Elsewhere: commands in, answers out, until the channel closes.
if (process.argv[1] === fileURLToPath(import.meta.url))
  process.on('message', async (command) => {
    /** @type {Answer} */
    const answer = await ended(/** @type {Command} */ (command)).then(
      (started) => ({ started: String(started) }),
      (error) => ({
        started: '0',
        problem: error instanceof Error ? error.message : String(error),
      }),
    );
    process.send?.(answer);
  });
