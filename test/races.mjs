// npm run races [-- RUNS]: the system tests of races, as root, RUNS times each (1,000 unless given): what changes a
// rootfs or its bundle while a container starts, what attacks a shell that joins, and what a start could execute of
// a stranger's. A thousand take some half an hour on two quiet cores.

import { apart } from './host/apart.mjs';
import { buildProject, ensureDependencies } from './host/dependencies.mjs';
import { SetupError } from './host/project.mjs';
import { runForResults } from './host/results.mjs';

const runs = Number(process.argv[2] ?? 1000);
if (!Number.isInteger(runs) || runs < 1)
  throw new SetupError('RUNS is no number.', 'Usage: npm run races [-- RUNS]');

const races = [
  { name: 'races', grep: '' },
  { name: 'hostileRootfs', grep: '\\(40\\)' },
  { name: 'hostileProcess', grep: 'sessions that come and go' },
];
/** For each of the three, on a machine that does other things too. */
const minutes = 10 + runs / 10;

await ensureDependencies();
await buildProject({ tests: true });
for (const { name, grep } of races) {
  const words = ['node_modules/mocha/bin/mocha.js', '--exit', '--reporter', 'test/reporter.cjs'];
  const { passed, failed } = await runForResults(
    [...words, '--timeout', '120000', '--grep', grep, `dist/test/system/${name}.test.js`],
    minutes,
    { name, before: await apart(), env: { TERRARIUM_RACE_RUNS: String(runs) } },
  );
  console.log(`${name}: ${passed} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
}
