// The processes that the benches of the tree and of sights look at.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../host/project.mjs';

/**
 * @param {string} folder
 * @returns {string} the program, linked statically: it runs in any rootfs
 */
export function compileForest(folder) {
  const program = join(folder, 'forest');
  const source = join(projectRoot(), 'test/bench/forest.c');
  const made = spawnSync('cc', ['-O2', '-static', '-o', program, source]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  return program;
}

/** Sleepers in namespaces of their own (PID, mount, UTS), with a /proc of their own. */
export class Grove {
  /** @param {import('node:child_process').ChildProcess} unshare @param {number} hostPid */
  constructor(unshare, hostPid) {
    this.unshare = unshare;
    this.hostPid = hostPid;
  }

  /** @param {string} program @param {number} size */
  static async plant(program, size) {
    // All go when this bench goes, whatever ends it.
    const unshare = spawn(
      'setpriv',
      [
        ...['--pdeathsig=KILL', 'unshare', '--pid', '--uts', '--fork', '--mount-proc'],
        ...['--kill-child', program, String(size)],
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    await once(/** @type {import('node:stream').Readable} */ (unshare.stdout), 'data');
    const path = `/proc/${unshare.pid}/task/${unshare.pid}/children`;
    const hostPid = Number((await readFile(path, 'utf8')).trim());
    return new Grove(unshare, hostPid);
  }

  /** @param {number} count */
  async change(count) {
    this.unshare.stdin?.write(`${count}\n`);
    await once(/** @type {import('node:stream').Readable} */ (this.unshare.stdout), 'data');
  }

  /** Runs a program of the host on the container's /proc. @param {string[]} argv */
  async look(...argv) {
    const start = performance.now();
    const enter = ['-t', String(this.hostPid), '--pid', '--mount', '--', ...argv];
    const child = spawn('nsenter', enter, { stdio: ['ignore', 'pipe', 'inherit'] });
    let bytes = 0;
    child.stdout.on('data', (chunk) => (bytes += chunk.length));
    const [code] = await once(child, 'close');
    if (code !== 0 || bytes === 0) throw new Error(`${argv[0]} ended with ${code}`);
    return performance.now() - start;
  }

  async end() {
    this.unshare.kill('SIGKILL');
    await once(this.unshare, 'exit');
  }
}
