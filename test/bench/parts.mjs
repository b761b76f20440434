// The parts of the project that a bench measures in its own process.

import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../host/project.mjs';

/**
 * @param {string} folder where the bundle is written
 * @param {string} contents a module of `import` and `export`, as if it were a file of the project's root
 * @returns {Promise<any>} what it exports
 */
export async function loadParts(folder, contents) {
  const root = projectRoot();
  const outfile = join(folder, 'parts.cjs');
  await build({
    stdin: { contents, resolveDir: root },
    alias: { vscode: join(root, 'test/bench/vscodeStub.mjs') },
    ...{ outfile, bundle: true, format: 'cjs', platform: 'node', loader: { '.sh': 'text' } },
  });
  return createRequire(import.meta.url)(outfile);
}
