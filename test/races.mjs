// npm run races [-- RUNS]: the system tests of races, as root, RUNS times each (1,000 unless given): what changes a
// rootfs or its bundle while a container starts, what attacks a shell that joins, and what a start could execute of
// a stranger's. A thousand take some half an hour on two cores.

import { buildProject, ensureDependencies } from './host/dependencies.mjs';
import { run } from './host/processes.mjs';
import { SetupError, projectRoot } from './host/project.mjs';

const runs = Number(process.argv[2] ?? 1000);
if (!Number.isInteger(runs) || runs < 1)
  throw new SetupError('RUNS is no number.', 'Usage: npm run races [-- RUNS]');

const races = [
  { file: 'races', grep: '' },
  { file: 'hostileRootfs', grep: '\\(40\\)' },
  { file: 'hostileProcess', grep: 'sessions that come and go' },
];

const root = projectRoot();
await ensureDependencies();
await buildProject({ tests: true });
for (const { file, grep } of races) {
  const { code } = await run(
    process.execPath,
    [
      ...['node_modules/mocha/bin/mocha.js', '--exit', '--timeout', '120000'],
      ...['--grep', grep, `dist/test/system/${file}.test.js`],
    ],
    { cwd: root, env: { ...process.env, TERRARIUM_RACE_RUNS: String(runs) }, show: true },
  );
  if (code !== 0) process.exitCode = 1;
}
