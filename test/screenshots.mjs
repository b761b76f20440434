// npm run screenshots: makes the pictures of the README anew, by the ui tests that show what is in them.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePackages } from './host/debian.mjs';
import { buildProject, ensureDependencies } from './host/dependencies.mjs';
import { run } from './host/processes.mjs';
import { SetupError, projectRoot, requireNode20 } from './host/project.mjs';

const tests = ['readme', 'layer', 'lessons', 'picture', 'steps'];

// With PIDs of their own: the pictures show no program of the machine on which they are made. PID 1 has to reap.
const apart = [
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
  'sh',
  '-c',
  '"$@"; exit $?',
  'sh',
];

async function main() {
  requireNode20();
  const root = projectRoot();
  await ensurePackages('containers', 'browser', 'compiler');
  await ensureDependencies();
  await buildProject({ tests: true });
  const pictures = join(root, 'media/screenshots');
  await mkdir(pictures, { recursive: true });
  const { code } = await run(
    'unshare',
    [
      ...apart,
      process.execPath,
      join(root, 'node_modules/mocha/bin/mocha.js'),
      '--exit',
      '--timeout=180000',
      ...tests.map((test) => join(root, `dist/test/ui/${test}.test.js`)),
    ],
    { cwd: root, env: { ...process.env, TERRARIUM_SCREENSHOTS: pictures }, show: true },
  );
  process.exitCode = code;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
