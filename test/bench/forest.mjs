// The processes that the benches of the tree look at.

import { spawnSync } from 'node:child_process';
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
