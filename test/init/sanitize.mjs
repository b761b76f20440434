// npm run sanitize [-- system test…]: runs the system tests of starts with a terrarium-init that has AddressSanitizer
// and UndefinedBehaviorSanitizer in it. What these find ends the start, so a test fails and shows it. As root.

import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildProject, ensureDependencies } from '../host/dependencies.mjs';
import { mustRun, run, which } from '../host/processes.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';

/** What makes starts and further shells of every shape; others by their names. */
const usualTests = [
  ...['conformance', 'execution', 'failures', 'hostileRootfs', 'ids', 'inside', 'labels', 'limits'],
  ...['mountOptions', 'mountsOver', 'ownDevices', 'program', 'seccomp', 'sessions', 'steps'],
  'workingDirectory',
];

const root = projectRoot();
const names = process.argv.length > 2 ? process.argv.slice(2) : usualTests;
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
  const { code, output } = await run(
    process.execPath,
    [
      ...['node_modules/mocha/bin/mocha.js', '--exit', '--timeout', '120000'],
      ...names.map((name) => `dist/test/system/${name}.test.js`),
    ],
    { cwd: root },
  );
  console.log(output.trim());
  const found = output.split('\n').filter((line) => /Sanitizer|runtime error:/.test(line));
  console.log(`\n${found.length} lines of the sanitizers`);
  if (code !== 0 || found.length > 0) process.exitCode = 1;
} finally {
  await rm(program, { force: true }); // the next build makes it anew
}
