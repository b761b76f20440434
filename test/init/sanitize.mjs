// npm run sanitize [-- system test…]: runs system tests, one file after the other, with a terrarium-init that has
// AddressSanitizer and UndefinedBehaviorSanitizer in it. What these find ends the start, so a test fails and shows it.
// As root.

import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { apart } from '../host/apart.mjs';
import { buildProject, ensureDependencies } from '../host/dependencies.mjs';
import { mustRun, which } from '../host/processes.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';
import { runForResults } from '../host/results.mjs';

/** Files without a start that says anything of terrarium-init: figures, imports, what reads a rootfs, runc and crun. */
const others =
  /^(benches|compile|doctor|export|folderKind|import|keptCode|lint|noUser|otherMachines|ownership|removeTree|scaffold)/;

const root = projectRoot();
const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : await usualTests();
for (const name of names)
  if (!existsSync(join(root, 'test/system', `${name}.test.ts`)))
    throw new SetupError(`There is no test/system/${name}.test.ts.`, 'Give names of that folder.');
if (!which('clang'))
  throw new SetupError('There is no clang here.', 'Run:  sudo apt-get install clang');
await ensureDependencies();
await buildProject({ tests: true });
const program = join(root, 'dist', `terrarium-init-${process.arch}`);
const sources = (await readdir(join(root, 'src/init'))).filter((name) => name.endsWith('.c'));
try {
  await rm(program);
  await mustRun(
    'clang',
    [
      ...['-g', '-O1', '-std=c17', '-D_GNU_SOURCE', '-fno-omit-frame-pointer'],
      ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-o', program],
      ...['test/init/sanitizers.c', ...sources.map((name) => join('src/init', name))],
    ],
    { cwd: root, remedy: 'Correct the error above.' },
  );
  const rows = [];
  for (const name of names) {
    const began = Date.now();
    const { passed, failed, skipped } = await runForResults(
      [
        ...['node_modules/mocha/bin/mocha.js', '--exit', '--reporter', 'test/reporter.cjs'],
        ...['--timeout', '240000', `dist/test/system/${name}.test.js`],
      ],
      15,
      { name, before: await apart(), env: { TERRARIUM_SANITIZED: '1' } },
    );
    const found = failed.filter(({ message }) => /Sanitizer|runtime error:/.test(message)).length;
    const seconds = Math.round((Date.now() - began) / 1000);
    rows.push({ name, passed, failed: failed.length, skipped: skipped.length, found, seconds });
  }
  console.table(rows);
  const sum = (/** @type {'passed' | 'failed' | 'skipped' | 'found'} */ key) =>
    rows.reduce((all, row) => all + row[key], 0);
  console.log(
    `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped; the sanitizers found something in ${sum('found')}`,
  );
  if (sum('failed') > 0) process.exitCode = 1;
} finally {
  await rm(program, { force: true }); // the next build makes it anew
}

async function usualTests() {
  const files = (await readdir(join(root, 'test/system'))).sort();
  return files
    .filter((file) => file.endsWith('.test.ts') && !others.test(file))
    .map((file) => file.replace('.test.ts', ''));
}
