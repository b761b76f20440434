// npm run fuzz [-- RUNS]: feeds the plan reader of terrarium-init with inputs at random (libFuzzer), beginning with
// the plans in test/init/seeds. Bounded: RUNS inputs, a million unless given, and ten minutes.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run, which } from '../host/processes.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';

const runs = Number(process.argv[2] ?? 1_000_000);
const seconds = 600;

if (!Number.isInteger(runs) || runs < 1)
  throw new SetupError('RUNS is no number.', 'Usage: npm run fuzz [-- RUNS]');
if (!which('clang'))
  throw new SetupError('There is no clang here.', 'Run:  sudo apt-get install clang');
const root = projectRoot();
const folder = await mkdtemp(join(tmpdir(), 'terrarium-fuzz-'));
try {
  const program = join(folder, 'fuzz');
  await mustRun(
    'clang',
    [
      ...['-g', '-O1', '-std=c17', '-D_GNU_SOURCE', '-fsanitize=fuzzer,address,undefined'],
      ...['-fno-sanitize-recover=all', '-o', program],
      ...['test/init/fuzz.c', 'src/init/plan.c', 'src/init/shapes.c'],
    ],
    { cwd: root, remedy: 'Correct the error above.' },
  );
  const { code, output } = await run(
    program,
    [
      ...[`-runs=${runs}`, `-max_total_time=${seconds}`, '-max_len=4096', '-print_final_stats=1'],
      ...[`-artifact_prefix=${folder}/`, folder, join(root, 'test/init/seeds')],
    ],
    { cwd: folder },
  );
  console.log(output.trim().split('\n').slice(-12).join('\n'));
  if (code !== 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
